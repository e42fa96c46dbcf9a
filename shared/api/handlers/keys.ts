import { createHash } from "node:crypto";
import { readSecretFacts, type SecretFact } from "../../pipeline/secret-facts.ts";
import { secretName } from "../../secrets/secret-name.ts";
import { audited } from "../audited.ts";
import { keyRoutes, type SecretFacts } from "../contract/keys.ts";
import { requireMatch } from "../if-match.ts";
import { toOperations } from "../operation.ts";
import type { HandlersFor } from "../request.ts";
import { alone } from "./alone.ts";
import { downloadPgpKey, generatePgpKey, uploadPgpKey } from "./pgp-keys.ts";
import { requireSubject, type SetupDeps, toOptionalInstant, withVault } from "./setup-deps.ts";
import { downloadSshKey, generateSshKey, switchSshKey, uploadSshKey } from "./ssh-keys.ts";
import { validateDraftOrConnector } from "./validation.ts";

const handlers: HandlersFor<typeof keyRoutes, SetupDeps> = {
  listSecrets: async (deps, { params: { name } }) => {
    const { owner } = await requireSubject(deps.blobs, name);
    const facts = await withVault(() => readSecretFacts(deps, owner));
    return { body: { items: facts.map(toSecretFacts) }, etag: toVersionOf(facts) };
  },
  setPassword: async (deps, { principal, params: { name }, body: { password }, ifMatch }) => {
    const owner = await alone(deps, name, async () => {
      const subject = await requireSubject(deps.blobs, name);
      const before = await withVault(() => readSecretFacts(deps, subject.owner));
      const isFirst = !before.some(({ kind, isSet }) => kind === "sftp-password" && isSet);
      // The first one overwrites nothing.
      if (!isFirst || ifMatch !== undefined) requireMatch(ifMatch, toVersionOf(before));
      const set = () => deps.secrets.set(secretName(name, "sftp-password"), password);
      await audited(deps, principal, { action: "set-password", target: name }, () => withVault(set));
      return subject.owner;
    });
    const facts = await withVault(() => readSecretFacts(deps, { ...owner, isEncrypted: false, keys: [] }));
    const fact = facts.find(({ kind }) => kind === "sftp-password");
    if (fact === undefined) throw new Error("A password was stored and is not there.");
    return { body: toSecretFacts(fact) };
  },
  generateSshKey,
  uploadSshKey,
  switchSshKey,
  downloadSshKey,
  generatePgpKey,
  uploadPgpKey,
  downloadPgpKey,
  validateConnection: validateDraftOrConnector,
};

/** The endpoints about secrets, keys and the connection. */
export const keyOperations = toOperations(keyRoutes, handlers);

/** Which secrets there are, in a word: another one once any of them is another. */
function toVersionOf(facts: readonly SecretFact[]): string {
  return createHash("sha256").update(JSON.stringify(facts)).digest("base64url").slice(0, 27);
}

/** A secret's facts as they are told. */
export function toSecretFacts({ setAt, expiresAt, ...fact }: SecretFact): SecretFacts {
  return { ...fact, ...toOptionalInstant("setAt", setAt), ...toOptionalInstant("expiresAt", expiresAt) };
}
