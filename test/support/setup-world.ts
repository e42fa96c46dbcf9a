import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type EndpointName, endpoints } from "../../shared/api/endpoints.ts";
import { type ConnectorDeps, connectorOperations } from "../../shared/api/handlers/connectors.ts";
import { draftOperations } from "../../shared/api/handlers/drafts.ts";
import { keyOperations } from "../../shared/api/handlers/keys.ts";
import { mappingOperations } from "../../shared/api/handlers/mapping.ts";
import type { HttpAnswer } from "../../shared/api/http-message.ts";
import type { Operation } from "../../shared/api/operation.ts";
import type { Role } from "../../shared/api/principal.ts";
import { createRouter } from "../../shared/api/router.ts";
import { connectorName } from "../../shared/chat/identifiers.ts";
import { fetchHostKeys } from "../../shared/fetch/sftp-site.ts";
import { DropBoard } from "../../shared/pipeline/drop-board.ts";
import { type AuditRecord, auditRecord } from "../../shared/pipeline/leave-audit.ts";
import { openSite } from "../../shared/pipeline/open-site.ts";
import { listDocuments } from "../../shared/store/state-document.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { MemoryDirectory } from "../contract/directory/memory-directory.ts";
import { MemoryBlobs } from "./memory-blobs.ts";
import { MemoryGroups } from "./memory-groups.ts";
import { MemoryQueues } from "./memory-queues.ts";
import { MemorySecrets } from "./memory-secrets.ts";
import { createRecordingLog } from "./recording-log.ts";
import { users } from "./small-drop.ts";

/** What is given with a call. */
export interface Given {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** A CSV. */
  readonly upload?: string | Uint8Array;
  readonly ifMatch?: string | undefined;
  /** @default "admin" */
  readonly role?: Role;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly text: string;
  /** Of a problem. */
  readonly detail: string;
  /** `path: message` of a problem's errors. */
  readonly faults: readonly string[];
}

/** Connector that the tests set up. */
export const acme = connectorName.parse("acme");

/** The set-up endpoints as the router answers them, over ports in memory; sites are real ones. */
export class SetupWorld {
  readonly blobs: MemoryBlobs;
  readonly queues = new MemoryQueues(systemClock);
  readonly secrets = new MemorySecrets();
  readonly directory = new MemoryDirectory(users);
  readonly groups = new MemoryGroups();
  readonly log = createRecordingLog();
  /** Everything that was answered so far. */
  readonly answers: string[] = [];
  now: () => number = Date.now;
  readonly deps: ConnectorDeps;
  readonly #route = createRouter<ConnectorDeps>(setUpOperations);

  constructor(over: MemoryBlobs = new MemoryBlobs()) {
    this.blobs = over;
    const { blobs, queues, secrets, directory, groups, log } = this;
    const clock = { ...systemClock, now: () => this.now() };
    const timeouts = { connectInMs: 2000, silenceInMs: 2000, endInMs: 200 };
    this.deps = {
      ...{ blobs, queues, secrets, directory, log, clock, writer: "test", lockInMs: 60_000, newId: randomUUID },
      groupMembers: groups,
      board: new DropBoard({ blobs, clock }),
      trial: {
        openSite: (connector, signal, told) => openSite(secrets, connector, timeouts, signal, told),
        fetchHostKeys: (site, signal) => fetchHostKeys(site, timeouts, signal),
      },
    };
  }

  /** Asks an endpoint as an HTTP request. */
  async ask(endpoint: EndpointName, given: Given = {}): Promise<Answer> {
    const [method = "", template = ""] = endpoints[endpoint].split(" ");
    const path = template.replaceAll(/\{(\w+)\}/g, (_, part: string) => String(given.params?.[part] ?? acme));
    const url = new URL(`https://app.example/api/v1${path}`);
    for (const [field, value] of Object.entries(given.query ?? {})) url.searchParams.set(field, value);
    const content = given.upload ?? (given.body === undefined ? undefined : JSON.stringify(given.body));
    const headers = new Headers({ "x-icechat": "1" });
    if (content !== undefined)
      headers.set("content-type", given.upload === undefined ? "application/json" : "text/csv");
    if (given.ifMatch !== undefined) headers.set("if-match", given.ifMatch);
    const { role = "admin" } = given;
    const { answer } = await this.#route({
      ask: { method, url, headers, body: content === undefined ? undefined : inPieces(Buffer.from(content)) },
      path,
      asker: { id: `entra:${role}@tenant`, name: "Jane", role },
      deps: this.deps,
    });
    const text = await toText(answer.content);
    this.answers.push(text, JSON.stringify(answer.headers));
    return { status: answer.status, etag: answer.headers.etag, text, ...toProblem(answer, text) };
  }

  /** Asks what must be answered with JSON. */
  async do<Reply extends z.ZodType>(
    { endpoint, reply }: { readonly endpoint: EndpointName; readonly reply: Reply },
    given: Given = {},
  ): Promise<{ readonly etag: string | undefined; readonly body: z.output<Reply> }> {
    const { status, text, etag } = await this.ask(endpoint, given);
    if (status !== 200) throw new Error(`${endpoint}: ${status} ${text}`);
    return { etag, body: reply.parse(JSON.parse(text)) };
  }

  /** What the audit log has, oldest first. */
  async audit(): Promise<AuditRecord[]> {
    const records: AuditRecord[] = [];
    for await (const { value } of listDocuments(this.blobs, "audit/", auditRecord)) records.push(value);
    return records.toSorted((a, b) => a.at - b.at);
  }
}

const setUpOperations: readonly Operation<ConnectorDeps>[] = [
  ...connectorOperations,
  ...draftOperations,
  ...keyOperations,
  ...mappingOperations,
];

async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}

async function toText(content: string | Uint8Array | AsyncIterable<string | Uint8Array> | undefined): Promise<string> {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  if (content instanceof Uint8Array) return Buffer.from(content).toString();
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

const problem = z.object({
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

function toProblem({ headers }: HttpAnswer, text: string): Pick<Answer, "detail" | "faults"> {
  if (headers["content-type"] !== "application/problem+json") return { detail: "", faults: [] };
  const { detail, errors } = problem.parse(JSON.parse(text));
  return { detail, faults: errors.map(({ path, message }) => `${path}: ${message}`) };
}
