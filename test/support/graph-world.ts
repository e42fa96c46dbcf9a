import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GraphLimits } from "../../local/graph/graph-limits.ts";
import { type GraphOptions, type GraphStandIn, startGraph } from "../../local/graph/start-graph.ts";
import { loadOrMakeTls } from "../../local/tls/certificate-files.ts";
import { trustCertificate } from "../../local/tls/trust-certificate.ts";
import { type ObjectId, objectId } from "../../shared/chat/identifiers.ts";
import type { TokenSource } from "../../shared/graph/access-token.ts";
import { createGraph } from "../../shared/graph/create-graph.ts";
import { GraphMailbox } from "../../shared/import/graph-mailbox.ts";
import type { Clock } from "../../shared/store/clock.ts";
import { systemClock } from "../../shared/store/system-clock.ts";

/** Graph's stand-in with users who have mailboxes, and mailboxes reached through it over https. */
export interface GraphWorld {
  readonly standIn: GraphStandIn;
  /** A user's mailbox. @param requestTimeoutInMs @default 10000 */
  mailboxOf(oid: ObjectId, requestTimeoutInMs?: number): GraphMailbox;
  /** The messages in a user's folder, as the stand-in keeps them. */
  messagesOf(oid: ObjectId, folderName: string): Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

const everyTokenIsGood: NonNullable<GraphWorldOptions["entra"]> = {
  tokens: { check: () => "good" },
  credential: { getToken: async () => ({ token: "t", expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) },
};

/** Object id of the n-th user. */
export function userOf(n: number): ObjectId {
  return objectId.parse(`11111111-2222-3333-4444-${String(n).padStart(12, "0")}`);
}

/** What may differ from the usual. */
export interface GraphWorldOptions {
  /** Of stand-in and client. @default the machine's */
  readonly clock?: Clock;
  /** Whether a token is good, and how one is got. @default every token is */
  readonly entra?: { readonly tokens: GraphOptions["tokens"]; readonly credential: TokenSource };
  /** What differs from Graph's own limits. */
  readonly limits?: Partial<GraphLimits>;
  /** A file that gets each request as a line of JSON. @default none */
  readonly requestsFile?: string;
}

/** Starts the stand-in with `users` users. */
export async function startGraphWorld(users: number, options: GraphWorldOptions = {}): Promise<GraphWorld> {
  const { clock = systemClock, entra = everyTokenIsGood } = options;
  const folder = await mkdtemp(join(tmpdir(), "graph-world-"));
  const tls = await loadOrMakeTls(folder, Date.now());
  trustCertificate(tls);
  const directory = Array.from({ length: users }, (_, n) => ({
    id: userOf(n),
    userPrincipalName: `user${n}@acme.example`,
  }));
  const { requestsFile, limits = {} } = options;
  const log = requestsFile === undefined ? {} : { requestsFile };
  const standIn = await startGraph({ tls, directory, clock, tokens: entra.tokens, limits, ...log });
  const graph = createGraph({ credential: entra.credential, endpoint: standIn.url, clock });
  return {
    standIn,
    mailboxOf: (oid, requestTimeoutInMs = 10_000) => new GraphMailbox(graph, oid, { requestTimeoutInMs }),
    messagesOf: (oid, name) => {
      const mailbox = standIn.store.mailbox(oid);
      const found = mailbox.children(mailbox.root.number).filter(({ displayName }) => displayName === name);
      return found.flatMap(({ number }) => mailbox.items(number).map((item) => standIn.store.read(item)));
    },
    close: async () => {
      await standIn.close();
      await rm(folder, { recursive: true });
    },
  };
}
