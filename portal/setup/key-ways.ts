import { ask } from "../api.ts";
import { texts } from "../texts.ts";
import type { KeyWays } from "./key-card.tsx";

/** The ways to an SSH key, for use now or as the next one. */
export function toSshWays(name: string, which: "current" | "next"): KeyWays {
  const params = { name };
  return {
    kind: "ssh",
    kinds: texts.setup.keys.sshKinds,
    generate: (kind, replace) =>
      ask("generateSshKey", { params, body: { kind: kind === "rsa" ? "rsa" : "ed25519", which, replace } }),
    upload: (key, replace) => ask("uploadSshKey", { params, body: { ...key, which, replace } }),
  };
}

/** The ways to a PGP key. Older ones always stay, so none is replaced. */
export function toPgpWays(name: string): KeyWays {
  const params = { name };
  return {
    kind: "pgp",
    kinds: texts.setup.keys.pgpKinds,
    generate: (kind) =>
      ask("generatePgpKey", { params, body: { kind: kind === "curve25519" ? "curve25519" : "rsa4096" } }),
    upload: (key) => ask("uploadPgpKey", { params, body: key }),
  };
}
