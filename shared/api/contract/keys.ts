import * as z from "zod";
import { connectorName } from "../../chat/identifiers.ts";
import { hostKeyFingerprint } from "../../config/connector.ts";
import { pgpKeyKinds, sshKeyKinds } from "../../pipeline/key-kinds.ts";
import { validationSteps } from "../../pipeline/validation-steps.ts";
import { defineRoute } from "../route.ts";
import { count, instant, nameParams, verdict } from "./connector-words.ts";

/** Longest private key that is taken, in characters: an RSA key of 16,384 bits with a photo is below that. */
const longestKey = 100_000;
const longestPassphrase = 1024;

const passphrase = z
  .string("the passphrase of the private key, or leave it out when it has none")
  .min(1, "the passphrase of the private key, or leave it out when it has none")
  .max(longestPassphrase, `at most ${longestPassphrase} characters`)
  .describe("It opens the private key, and is kept in the vault beside it.");

/** What a connector keeps in the vault. */
export const secretKind = z.enum(["sftp-password", "ssh-key", "next-ssh-key", "pgp-key"]);

/** One secret: that it is there and how old it is; never its value. */
export const secretFacts = z
  .object({
    kind: secretKind.describe(
      "sftp-password; ssh-key: the private key that the site knows; next-ssh-key: the one that takes its place; pgp-key: decrypts the files.",
    ),
    number: z.number().int().positive().optional().describe("Of a PGP key, from 1; the highest is the newest."),
    isSet: z.boolean().describe("Whether there is one."),
    isNeeded: z.boolean().describe("Whether the connector cannot work without it, as it is set up now."),
    isCurrent: z.boolean().describe("False for the next SSH key and for PGP keys that are kept for old files."),
    setAt: instant.optional().describe("When it was stored."),
    expiresAt: instant
      .optional()
      .describe("When it ends: by the date that it has in the vault, or by the PGP key's own, whichever is first."),
    fingerprint: z.string().optional().describe("Of a key: SHA256:... for SSH, hexadecimal for PGP."),
    algorithm: z.string().optional().describe("Of a key, such as ssh-ed25519 or rsa4096."),
    hasPassphrase: z.boolean().optional().describe("Whether a key is stored under a passphrase, which is beside it."),
    problem: z.string().optional().describe("Why it cannot be used, with what to do; missing when it can."),
  })
  .describe("That a secret is there, and how old it is. Never its value.");
/** One secret: that it is there and how old it is. */
export type SecretFacts = z.infer<typeof secretFacts>;

const secretList = z.object({
  items: z.array(secretFacts).describe("Those that the connector needs or has; PGP keys newest first."),
});

const sshKey = z.object({
  which: z.enum(["current", "next"]).describe("Whether it is in use, or waits to take the other's place."),
  algorithm: z.string().describe("Such as ssh-ed25519 or ssh-rsa."),
  fingerprint: z.string().describe("SHA256:..., as ssh-keygen -l prints it."),
  publicKey: z.string().describe("The public half, one line as for authorized_keys: give it to the site's operator."),
});
/** The public half of an SSH key. */
export type SshKeyReply = z.infer<typeof sshKey>;

const whichToSet = z
  .enum(["current", "next"], "current or next, e.g. next")
  .describe(
    "current: for the first key, or in place of one that is of no more use. next: beside the current one, which stays in use until the site refuses it or `switch` is called. Where there is no current key yet it becomes that.",
  );

const pgpKey = z.object({
  number: z.number().int().positive().describe("From 1; the highest is the newest."),
  algorithm: z.string().describe("Such as rsa4096 or ed25519Legacy."),
  fingerprint: z.string().describe("Upper-case hexadecimal."),
  createdAt: instant,
  expiresAt: instant.optional().describe("When senders stop encrypting for it; missing when never."),
  publicKey: z.string().describe("The public half, armored: give it to ICE."),
});
/** The public half of a PGP key. */
export type PgpKeyReply = z.infer<typeof pgpKey>;

const shownHostKey = z.object({
  kind: z.enum(["ed25519", "ecdsa", "rsa"]),
  fingerprint: hostKeyFingerprint,
  isTrusted: z.boolean().describe("Whether it is among the site's trusted ones."),
});

const stepDetails = z
  .object({
    hostKeys: z.array(shownHostKey).optional().describe("What the site shows: compare with what its operator says."),
    files: count.optional().describe("Files in the folder."),
    matching: count.optional().describe("Files that the patterns take."),
    unusable: count.optional().describe("Entries that nobody can fetch: impossible names, no size or time."),
    firstNames: z.array(z.string()).optional().describe("Names of the newest matching files, at most 10."),
    otherNames: z.array(z.string()).optional().describe("Names of files that the patterns leave out, at most 10."),
    file: z.string().optional().describe("Name of the file that was tried: the newest that matches."),
    sizeInBytes: count.optional().describe("Its size."),
    isEncrypted: z.boolean().optional(),
    fingerprint: z.string().optional().describe("Of the PGP key that opens it."),
    isWhole: z
      .boolean()
      .optional()
      .describe("Whether it was decrypted to its end, so that its integrity and signature are known to be right."),
    format: z.string().optional().describe("Such as filedump-actiance."),
    sshKey: z
      .enum(["current", "next"])
      .optional()
      .describe("Which SSH key the site has taken; missing when it was none."),
    container: z.enum(["zip", "gzip"]).optional().describe("What the file is packed in."),
    items: count.optional().describe("Chat items found in the file's beginning."),
  })
  .describe("What was found; only what fits the step.");

/** One step of a validation. */
export const validationStep = z.object({
  step: z
    .enum(validationSteps)
    .describe(
      "connect: name, network, SSH. host-key: who the site is. sign-in: user, password, key. list: the folder. decrypt: the beginning of the newest file. format: what is in it.",
    ),
  outcome: z.enum(["ok", "failed", "skipped"]),
  reason: z.string().optional().describe("A static word for programs, when it failed or was skipped."),
  message: z.string().describe("A plain sentence; when it failed, with what to do."),
  details: stepDetails.optional(),
});
/** One step of a validation. */
export type ValidationStep = z.infer<typeof validationStep>;

const validation = z.object({
  isOk: z.boolean().describe("Whether no step failed; `verdict` says whether all could be tried."),
  verdict,
  steps: z.array(validationStep),
  startedAt: instant,
  tookInMs: count,
});
/** What a validation found. */
export type ValidationReply = z.infer<typeof validation>;

/** The endpoints about secrets, keys and the connection. All work on connectors and on drafts. */
export const keyRoutes = {
  listSecrets: defineRoute({
    endpoint: "listSecrets",
    role: "reader",
    summary: "Which secrets a connector or draft has, how old they are and when they expire; never their values.",
    params: nameParams,
    reply: secretList,
  }),
  setPassword: defineRoute({
    endpoint: "setPassword",
    role: "admin",
    summary:
      "Stores the SFTP password in the vault; fetches use it from then on. In place of another one it needs If-Match with the ETag of `listSecrets`.",
    params: nameParams,
    body: z.strictObject({
      password: z
        .string("the password of the SFTP user")
        .min(1, "the password of the SFTP user")
        .max(1024, "at most 1,024 characters")
        .refine(
          (text) => !/[\0\r\n]/.test(text),
          "a password without line breaks: what you pasted has more than one line",
        )
        .describe("As ICE gave it. It is stored and never shown again."),
    }),
    reply: secretFacts,
  }),
  generateSshKey: defineRoute({
    endpoint: "generateSshKey",
    role: "admin",
    summary: "Makes a pair of SSH keys; the private half goes to the vault and nowhere else.",
    params: nameParams,
    body: z.strictObject({
      kind: z
        .enum(sshKeyKinds, "ed25519 or rsa, e.g. ed25519")
        .default("ed25519")
        .describe("rsa has 4,096 bits and is for sites that know nothing newer."),
      which: whichToSet.default("current"),
      replace: z
        .boolean()
        .default(false)
        .describe("Must be true to overwrite a key that is there: the site may know its public half."),
    }),
    reply: sshKey,
  }),
  uploadSshKey: defineRoute({
    endpoint: "uploadSshKey",
    role: "admin",
    summary: "Stores a private SSH key that you have, after it was opened with its passphrase.",
    params: nameParams,
    body: z.strictObject({
      privateKey: z
        .string("a private SSH key in OpenSSH or PEM form, from -----BEGIN to -----END")
        .min(1, "a private SSH key in OpenSSH or PEM form, from -----BEGIN to -----END")
        .max(longestKey, `at most ${longestKey} characters`),
      passphrase: passphrase.optional(),
      which: whichToSet.default("current"),
      replace: z
        .boolean()
        .default(false)
        .describe("Must be true to overwrite a key that is there: the site may know its public half."),
    }),
    reply: sshKey,
  }),
  switchSshKey: defineRoute({
    endpoint: "switchSshKey",
    role: "admin",
    summary: "Puts the next SSH key in the current one's place. The old one stays in the vault as an earlier version.",
    params: nameParams,
    reply: sshKey,
  }),
  downloadSshKey: defineRoute({
    endpoint: "downloadSshKey",
    role: "reader",
    summary: "The public half of an SSH key.",
    params: z.strictObject({ name: connectorName, which: z.enum(["current", "next"]) }),
    query: z.strictObject({
      form: z
        .enum(["openssh", "ssh2"], "openssh or ssh2, e.g. openssh")
        .default("openssh")
        .describe("openssh: one line as for authorized_keys. ssh2: as RFC 4716 has it, for other servers."),
    }),
    download: "text/plain; charset=utf-8",
  }),
  generatePgpKey: defineRoute({
    endpoint: "generatePgpKey",
    role: "admin",
    summary:
      "Makes a pair of PGP keys with a number of its own; the private half goes to the vault and nowhere else. Older keys stay: files may still come that are encrypted for them.",
    params: nameParams,
    body: z.strictObject({
      kind: z
        .enum(pgpKeyKinds, "rsa4096 or curve25519, e.g. rsa4096")
        .default("rsa4096")
        .describe("rsa4096 is taken by every program; curve25519 by every gpg since 2.1."),
    }),
    reply: pgpKey,
  }),
  uploadPgpKey: defineRoute({
    endpoint: "uploadPgpKey",
    role: "admin",
    summary:
      "Stores a private PGP key that you have, after it was opened with its passphrase and found able to decrypt. The same key twice has the same number.",
    params: nameParams,
    body: z.strictObject({
      privateKey: z
        .string("an armored private PGP key, from -----BEGIN PGP PRIVATE KEY BLOCK----- to -----END")
        .min(1, "an armored private PGP key, from -----BEGIN PGP PRIVATE KEY BLOCK----- to -----END")
        .max(longestKey, `at most ${longestKey} characters`),
      passphrase: passphrase.optional(),
      isCurrent: z
        .boolean()
        .default(true)
        .describe("False for an old key that only opens files that were encrypted for it."),
    }),
    reply: pgpKey,
  }),
  downloadPgpKey: defineRoute({
    endpoint: "downloadPgpKey",
    role: "reader",
    summary: "The public half of a PGP key, armored.",
    params: z.strictObject({
      name: connectorName,
      number: z.coerce.number("a key's number, e.g. 1").int().positive("a key's number, e.g. 1"),
    }),
    download: "application/pgp-keys",
  }),
  validateConnection: defineRoute({
    endpoint: "validateConnection",
    role: "admin",
    summary:
      "Tries the connection step by step, up to the format of one file. Nothing is kept. A site whose host key is not confirmed yet is sent nothing: its host keys are shown, to be compared and put into site.hostKeys. Takes below 60 seconds; one at a time, and not too often.",
    params: nameParams,
    reply: validation,
  }),
} as const;
