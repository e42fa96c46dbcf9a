import { enums } from "openpgp";
import { makeTestKey, type TestKey } from "../../../contract/pgp/messages.ts";

/** The keys of the corpus. */
export interface Keys {
  /** The connector's. */
  readonly own: TestKey;
  /** The connector's other ones, which ask for authenticated encryption in one of its modes. */
  readonly aead: { readonly gcm: TestKey; readonly ocb: TestKey; readonly eax: TestKey };
  /** The sender's, whom the connector knows. */
  readonly signer: TestKey;
  /** Somebody else's. */
  readonly other: TestKey;
}

/** Makes them. */
export async function makeKeys(): Promise<Keys> {
  return {
    own: await makeTestKey("own"),
    aead: { gcm: await makeAead("gcm"), ocb: await makeAead("ocb"), eax: await makeAead("eax") },
    signer: await makeTestKey("signer"),
    other: await makeTestKey("other"),
  };
}

/** The connector's private keys, armored. */
export function ownKeys({ own, aead }: Keys): string[] {
  return [own, aead.gcm, aead.ocb, aead.eax].map(({ armoredPrivate }) => armoredPrivate);
}

async function makeAead(mode: keyof Keys["aead"]): Promise<TestKey> {
  return await makeTestKey(mode, { aeadProtect: true, preferredAEADAlgorithm: enums.aead[mode] });
}
