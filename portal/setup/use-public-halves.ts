import { useEffect, useState } from "react";
import type { SecretFacts } from "../../shared/api/contract/keys.ts";
import { toDownloadUrl } from "../api.ts";
import type { IceFacts } from "./ice-text.ts";
import { currentOf } from "./use-secrets.ts";

interface PublicHalf {
  readonly fingerprint: string;
  readonly publicKey: string;
}

/** Public halves of the keys that are in use and of the next SSH key: the same files that the download buttons save. */
export function usePublicHalves(name: string, items: readonly SecretFacts[] | undefined) {
  const ssh = usePublicHalf(currentOf(items, "ssh-key"), sshUrl(name, "current"));
  const next = usePublicHalf(currentOf(items, "next-ssh-key"), sshUrl(name, "next"));
  const newest = currentOf(items, "pgp-key");
  const pgp = usePublicHalf(newest, toDownloadUrl("downloadPgpKey", { params: { name, number: newest?.number ?? 1 } }));
  return { ssh, next, pgp } satisfies Pick<IceFacts, "ssh" | "pgp"> & { readonly next: PublicHalf | undefined };
}

function sshUrl(name: string, which: "current" | "next"): string {
  return toDownloadUrl("downloadSshKey", { params: { name, which } });
}

function usePublicHalf(secret: SecretFacts | undefined, url: string): PublicHalf | undefined {
  const [known, setKnown] = useState<PublicHalf>();
  const fingerprint = secret?.problem === undefined ? secret?.fingerprint : undefined;
  useEffect(() => {
    if (fingerprint === undefined) return;
    const leaving = new AbortController();
    readText(url, leaving.signal).then(
      (publicKey) => publicKey !== undefined && setKnown({ fingerprint, publicKey }),
      (error: unknown) => {
        // The text for ICE stays without this key, as long as it cannot be had; the card above says what is wrong.
        if (!(error instanceof TypeError) && !leaving.signal.aborted) throw error;
      },
    );
    return () => leaving.abort();
  }, [url, fingerprint]);
  return known?.fingerprint === fingerprint ? known : undefined;
}

async function readText(url: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(url, { signal, redirect: "manual" });
  return response.ok ? await response.text() : undefined;
}
