import { texts } from "../texts.ts";

/** What ICE has to know to send the files. */
export interface IceFacts {
  readonly feed: string | undefined;
  readonly outboundIp: string | undefined;
  readonly ssh: { readonly fingerprint: string; readonly publicKey: string } | undefined;
  readonly pgp: { readonly fingerprint: string; readonly publicKey: string } | undefined;
}

/** One text that can be sent to ICE's support as it is. It holds public halves only. */
export function toIceText({ feed, outboundIp, ssh, pgp }: IceFacts): string {
  const words = texts.setup.ice;
  const parts = [
    words.greeting(feed),
    outboundIp === undefined ? words.noOutboundIp : words.outboundIp(outboundIp),
    ...(ssh === undefined ? [] : [words.ssh(ssh.fingerprint, ssh.publicKey.trim())]),
    ...(pgp === undefined ? [] : [words.pgp(pgp.fingerprint, pgp.publicKey.trim())]),
    words.questions,
  ];
  return `${parts.join("\n\n")}\n`;
}

/** What ICE has to know when keys are changed: which new key takes which old one's place. */
export function toRotationText(
  feed: string | undefined,
  changed: {
    readonly kind: "ssh" | "pgp";
    readonly old?: string;
    readonly fingerprint: string;
    readonly publicKey: string;
  },
): string {
  const words = texts.setup.ice;
  const key = changed.publicKey.trim();
  const part = changed.kind === "ssh" ? words.nextSsh : words.nextPgp;
  return `${[words.rotation(feed), part(changed.old, changed.fingerprint, key)].join("\n\n")}\n`;
}
