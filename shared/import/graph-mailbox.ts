import * as z from "zod";
import { type ChatDay, type ImportKey, importKey, type ObjectId } from "../chat/identifiers.ts";
import type { Graph, GraphReply, GraphRequest } from "../graph/graph.ts";
import { type GraphFault, toGraphFault } from "../graph/graph-fault.ts";
import { graphPath, odataString } from "../graph/graph-path.ts";
import type { EmailItem } from "./email-item.ts";
import { isRefusal, toCreateOutcome, toNoAnswerOutcome, toTrouble, toWord } from "./graph-outcome.ts";
import type { Ambiguous, Answer, CreateOutcome, Deviation, LookUp, Mailbox, NoValue, Trouble } from "./mailbox.ts";
import { importKeyProperty, keyOfMessageId } from "./message-ids.ts";

const withId = z.object({ id: z.string().regex(/^[\x21-\x7e]{1,1000}$/) });
const created = withId.extend({
  isDraft: z.boolean().optional(),
  receivedDateTime: z.string().optional(),
  sentDateTime: z.string().optional(),
  parentFolderId: z.string().optional(),
  internetMessageId: z.string().nullish(),
});
const pageOf = <T extends z.ZodType>(entry: T) =>
  z.object({ value: z.array(entry), "@odata.nextLink": z.string().optional() });
const folders = pageOf(withId.extend({ displayName: z.string() }));
const places = pageOf(withId.extend({ parentFolderId: z.string() }));
const keys = pageOf(
  withId.extend({
    internetMessageId: z.string().nullish(),
    singleValueExtendedProperties: z.array(z.object({ value: z.string() })).optional(),
  }),
);
/** Beyond this a chain of pages is taken for endless: followed on, it would hold its slice until the host ends it. */
const mostPages = 200;
const endlessPages = { type: "unknown", because: "endless-pages" } as const;
const errorMessage = z.object({ error: z.object({ message: z.string() }) });

/** A mailbox in Exchange Online by Microsoft Graph. https://learn.microsoft.com/graph/api/mailfolder-post-messages */
export class GraphMailbox implements Mailbox {
  readonly #graph: Graph;
  readonly #user: string;
  readonly #timeoutInMs: number;

  constructor(graph: Graph, oid: ObjectId, options: { readonly requestTimeoutInMs: number }) {
    this.#graph = graph;
    this.#user = graphPath`/users/${oid}`;
    this.#timeoutInMs = options.requestTimeoutInMs;
  }

  async rootId(): Promise<Answer<string>> {
    const answer = await this.#get(`${this.#user}/mailFolders/msgfolderroot`, { $select: "id" }, withId);
    return answer.type === "value" ? { type: "value", value: answer.value.id } : answer;
  }

  async findFolders(name: string): Promise<Answer<readonly string[]>> {
    return this.#listFolders({ $filter: `displayName eq ${odataString(name)}` }, name);
  }

  /** A 409 or no clear answer may mean that it is there by now: then it is looked for, without a filter, which may lag. */
  async createFolder(name: string): Promise<Answer<string>> {
    const sent = await this.#send({ method: "POST", path: `${this.#user}/mailFolders`, body: { displayName: name } });
    if (sent.type === "reply") {
      const made = isSuccess(sent.reply) ? withId.safeParse(sent.reply.body).data : undefined;
      if (made !== undefined) return { type: "value", value: made.id };
    }
    const trouble = sent.type === "reply" ? toTrouble(toGraphFault(sent.reply)) : sent;
    if (trouble !== undefined && trouble.type !== "ambiguous") return trouble;
    const found = await this.#listFolders({}, name);
    if (found.type !== "value") return found;
    const [first] = found.value.toSorted();
    return first === undefined ? { type: "unknown", because: "folder-not-made" } : { type: "value", value: first };
  }

  async create(folderId: string, item: EmailItem, maySend?: () => boolean): Promise<CreateOutcome> {
    const path = `${this.#user}${graphPath`/mailFolders/${folderId}/messages`}`;
    const sent = await this.#send({ method: "POST", path, body: item.message, maySend });
    if (sent.type !== "reply") return sent;
    const { reply } = sent;
    if (!isSuccess(reply)) {
      const words = errorMessage.safeParse(reply.body).data?.error.message ?? "";
      return toCreateOutcome(toGraphFault(reply), words);
    }
    const made = created.safeParse(reply.body);
    // Stored, as it says, but as what: without the id there is no receipt, and the look-up finds it. Not "answered": that
    // would let a search which lags for a minute have it created again.
    if (!made.success) return { type: "ambiguous", wasAnswered: false, because: "no-id" };
    if (!isMessage(made.data)) return { type: "ambiguous", wasAnswered: false, because: "not-a-message" };
    if (isAnothers(made.data, item))
      return { type: "ambiguous", wasAnswered: false, because: "answer-of-another-item" };
    return { type: "created", graphId: made.data.id, deviations: toDeviations(made.data, folderId, item) };
  }

  async findByMessageId(internetMessageId: string): Promise<LookUp> {
    return this.#lookUp(`${this.#user}/messages`, `internetMessageId eq ${odataString(internetMessageId)}`);
  }

  async findByKey(folderId: string, key: ImportKey): Promise<LookUp> {
    return this.#lookUp(`${this.#user}${graphPath`/mailFolders/${folderId}/messages`}`, hasKey(key));
  }

  /** Documented for /users/{id}/messages: https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get */
  async findAnywhereByKey(key: ImportKey): Promise<LookUp> {
    return this.#lookUp(`${this.#user}/messages`, hasKey(key));
  }

  async *listKeys(folderId: string, day: ChatDay): AsyncGenerator<Answer<readonly ImportKey[]>> {
    const from = `${day}T00:00:00Z`;
    const to = new Date(Date.parse(from) + 86_400_000).toISOString();
    let path: string | undefined = `${this.#user}${graphPath`/mailFolders/${folderId}/messages`}`;
    let query: Record<string, string> = {
      $filter: `receivedDateTime ge ${from} and receivedDateTime lt ${to.replace(".000", "")}`,
      $select: "id,internetMessageId",
      $expand: `singleValueExtendedProperties($filter=id eq ${odataString(importKeyProperty)})`,
      $top: "500",
    };
    // Pages are counted off from the start: what is put into the folder meanwhile moves items on to the next page.
    let before = new Set<string>();
    while (path !== undefined) {
      const page: Answer<z.output<typeof keys>> = await this.#get(path, query, keys);
      if (page.type !== "value") {
        yield page;
        continue;
      }
      const entries = page.value.value;
      const known = before;
      yield { type: "value", value: entries.filter(({ id }) => !known.has(id)).flatMap(toKeys) };
      before = new Set(entries.map(({ id }) => id));
      path = page.value["@odata.nextLink"];
      query = {};
    }
  }

  async #listFolders(query: Record<string, string>, name: string): Promise<Answer<readonly string[]>> {
    const ids: string[] = [];
    let path: string | undefined = `${this.#user}/mailFolders`;
    let parameters: Record<string, string> = { ...query, $select: "id,displayName", $top: "250" };
    for (let pages = 0; path !== undefined; pages += 1) {
      if (pages >= mostPages) return endlessPages;
      const page: Answer<z.output<typeof folders>> = await this.#get(path, parameters, folders);
      if (page.type !== "value") return page;
      const named = page.value.value.filter(({ displayName }) => displayName.toLowerCase() === name.toLowerCase());
      ids.push(...named.map(({ id }) => id));
      path = page.value["@odata.nextLink"];
      parameters = {};
    }
    return { type: "value", value: ids.toSorted() };
  }

  /** A page may be empty and yet not the last; only the last one says "absent". */
  async #lookUp(messages: string, $filter: string): Promise<LookUp> {
    let path: string | undefined = messages;
    let query: Record<string, string> = { $filter, $select: "id,parentFolderId", $top: "1" };
    for (let pages = 0; path !== undefined; pages += 1) {
      if (pages >= mostPages) return endlessPages;
      const page: Answer<z.output<typeof places>> = await this.#get(path, query, places);
      if (page.type !== "value") return page;
      const [first] = page.value.value;
      if (first !== undefined) return { type: "found", graphId: first.id, folderId: first.parentFolderId };
      path = page.value["@odata.nextLink"];
      query = {};
    }
    return { type: "absent" };
  }

  async #get<T>(path: string, query: Record<string, string>, schema: z.ZodType<T>): Promise<Answer<T>> {
    const sent = await this.#send({ method: "GET", path, query });
    if (sent.type === "ambiguous") return { type: "unknown", because: sent.because };
    if (sent.type !== "reply") return sent;
    const { reply } = sent;
    // A read is answered by 200 alone: a 201 is the answer to somebody's creation.
    const parsed = reply.status === 200 ? schema.safeParse(reply.body) : undefined;
    if (parsed?.success) return { type: "value", value: parsed.data };
    return toTrouble(toGraphFault(reply)) ?? toNoValue(toGraphFault(reply));
  }

  async #send(request: Omit<GraphRequest, "timeoutInMs">): Promise<Sent> {
    try {
      return { type: "reply", reply: await this.#graph.request({ ...request, timeoutInMs: this.#timeoutInMs }) };
    } catch (error) {
      return toNoAnswerOutcome(error);
    }
  }
}

function hasKey(key: ImportKey): string {
  const condition = `ep/id eq ${odataString(importKeyProperty)} and ep/value eq ${odataString(key)}`;
  return `singleValueExtendedProperties/Any(ep: ${condition})`;
}

function isMessage({ isDraft, receivedDateTime, internetMessageId }: z.output<typeof created>): boolean {
  return isDraft !== undefined || receivedDateTime !== undefined || typeof internetMessageId === "string";
}

/** Taken for ours, it would be a receipt for an item that nobody has seen being stored. */
function isAnothers({ internetMessageId }: z.output<typeof created>, { key }: EmailItem): boolean {
  const named = keyOfMessageId(internetMessageId ?? "");
  return named !== undefined && named !== key;
}

function toNoValue(fault: GraphFault): NoValue {
  const { status, code, retryAfterInMs } = fault;
  return {
    type: "unknown",
    because: toWord(code === "" ? `status:${status}` : `status:${status}:${code}`),
    ...(retryAfterInMs === undefined ? {} : { retryAfterInMs }),
    ...(isRefusal(fault) ? { isRefused: true } : {}),
  };
}

type Sent = { readonly type: "reply"; readonly reply: GraphReply } | Ambiguous | Trouble;

function isSuccess({ status }: GraphReply): boolean {
  return status === 200 || status === 201;
}

/** Graph writes dates of mail in whole seconds. An item with another Message-ID would not be found by it when moved. */
function toDeviations(
  made: z.output<typeof created>,
  folderId: string,
  { sentAt, message: { internetMessageId: asked } }: EmailItem,
): Deviation[] {
  const isAt = (date: string | undefined): boolean =>
    Math.floor(Date.parse(date ?? "") / 1000) === Math.floor(sentAt / 1000);
  const deviations: (Deviation | undefined)[] = [
    made.isDraft === false ? undefined : "is-draft",
    isAt(made.receivedDateTime) ? undefined : "received-at",
    isAt(made.sentDateTime) ? undefined : "sent-at",
    made.parentFolderId === folderId ? undefined : "folder",
    (made.internetMessageId ?? asked) === asked || asked === undefined ? undefined : "message-id",
  ];
  return deviations.filter((deviation) => deviation !== undefined);
}

/** By our property, or by the Message-ID where Graph did not give the property back. */
function toKeys(entry: z.output<typeof keys>["value"][number]): ImportKey[] {
  const value = entry.singleValueExtendedProperties?.[0]?.value ?? keyOfMessageId(entry.internetMessageId ?? "");
  const key = importKey.safeParse(value);
  return key.success ? [key.data] : [];
}
