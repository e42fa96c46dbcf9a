import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { DirectoryUserInput } from "../../../local/graph/directory-file.ts";
import type { GraphOptions, GraphStandIn } from "../../../local/graph/start-graph.ts";
import { startGraph } from "../../../local/graph/start-graph.ts";
import type { Json, JsonObject } from "../../../local/stand-ins/json.ts";
import { isJsonList, isJsonObject, readJsonObject } from "../../../local/stand-ins/json.ts";
import type { LocalTls } from "../../../local/tls/certificate-files.ts";
import { loadOrMakeTls } from "../../../local/tls/certificate-files.ts";
import { trustCertificate } from "../../../local/tls/trust-certificate.ts";

export const ANN = "11111111-1111-4111-8111-111111111111";
export const BEN = "22222222-2222-4222-8222-222222222222";
export const KEY = "String {6f9a1c52-7d1e-4b6f-9b6e-0d7a3c1f2e55} Name IceChatImportKey";

const DIRECTORY: readonly DirectoryUserInput[] = [
  {
    id: ANN,
    userPrincipalName: "ann@example.com",
    mail: "Ann@example.com",
    proxyAddresses: ["SMTP:Ann@example.com", "smtp:a.n@example.com"],
    displayName: "Ann",
    mailbox: "ok",
  },
  { id: BEN, userPrincipalName: "ben@example.com", displayName: "Ben" },
  { id: "33333333-3333-4333-8333-333333333333", userPrincipalName: "nobox@example.com", mailbox: "none" },
  { id: "44444444-4444-4444-8444-444444444444", userPrincipalName: "off@example.com", mailbox: "disabled" },
  {
    id: "55555555-5555-4555-8555-555555555555",
    userPrincipalName: "carl_other.com#EXT#@example.com",
    mail: "carl@other.com",
    displayName: "Carl",
    mailbox: "none",
  },
];

/** A folder that is removed when the test is over. */
export async function makeFolder(t: Pick<TestContext, "after">): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "stand-ins-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

let shared: Promise<LocalTls> | undefined;

/** Certificates that this process trusts; made once a test file. */
export async function makeTls(t: Pick<TestContext, "after">): Promise<LocalTls> {
  shared ??= loadOrMakeTls(await makeFolder(t), Date.now());
  const tls = await shared;
  trustCertificate(tls);
  return tls;
}

/** A clock that stands still until it is moved. */
export function makeClock(start = Date.parse("2026-06-03T17:00:00Z")): { now(): number; pass(ms: number): void } {
  let now = start;
  return {
    now: () => now,
    pass(ms) {
      now += ms;
    },
  };
}

/** An answer of the stand-in. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: JsonObject;
}

/** Sends a request below `/v1.0/`. */
export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>;

/** Graph's stand-in with five users, a clock of its own and a way to talk to it. */
export interface GraphFixture {
  readonly graph: GraphStandIn;
  readonly clock: ReturnType<typeof makeClock>;
  readonly send: Send;
}

export async function startTestGraph(t: TestContext, options: Partial<GraphOptions> = {}): Promise<GraphFixture> {
  const clock = makeClock();
  const tls = await makeTls(t);
  const graph = await startGraph({ tls, directory: DIRECTORY, tokens: { check: () => "good" }, clock, ...options });
  t.after(() => graph.close());
  return { graph, clock, send: toSend(graph.url) };
}

export function toSend(url: string): Send {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}/v1.0/${path}`, {
      method,
      headers: {
        authorization: "Bearer test",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: readJsonObject(text) ?? {} };
  };
}

export const IMMUTABLE = { prefer: 'IdType="ImmutableId"' } as const;

/** The entries of a collection. */
export function entries(answer: Answer): JsonObject[] {
  assert.equal(answer.status, 200, answer.text);
  const { value } = answer.json;
  assert.ok(isJsonList(value));
  return value.filter(isJsonObject);
}

export function text(value: Json | undefined): string {
  assert.ok(typeof value === "string", `${JSON.stringify(value)} is no text`);
  return value;
}

export function errorCode({ json }: Answer): Json | undefined {
  return isJsonObject(json.error) ? json.error.code : undefined;
}

/** What an importer posts: no draft, at the chat's time, with its key. */
export function toMessage(key: string, over: JsonObject = {}, at = "2026-06-03T09:15:30Z"): JsonObject {
  return {
    subject: `ICE Chat: ${key}`,
    body: { contentType: "HTML", content: `<p>${key}</p>` },
    from: { emailAddress: { name: "Ann", address: "ann@example.com" } },
    toRecipients: [{ emailAddress: { name: "Ben", address: "ben@example.com" } }],
    internetMessageId: `<${key}@icechat.example>`,
    singleValueExtendedProperties: [
      { id: "Integer 0x0E07", value: "1" },
      { id: "SystemTime 0x0039", value: at },
      { id: "SystemTime 0x0E06", value: at },
      { id: KEY, value: key },
    ],
    ...over,
  };
}

/** Makes the folder ICE Chat in a mailbox. */
export async function makeIceChat(send: Send, user: string): Promise<string> {
  const made = await send("POST", `users/${user}/mailFolders`, { displayName: "ICE Chat" });
  assert.equal(made.status, 201, made.text);
  return text(made.json.id);
}

/** `$filter` by a named property, encoded for a URL. */
export function byKey(key: string, id: string = KEY): string {
  const filter = `singleValueExtendedProperties/Any(ep: ep/id eq '${id}' and ep/value eq '${key}')`;
  return `$filter=${encodeURIComponent(filter)}`;
}
