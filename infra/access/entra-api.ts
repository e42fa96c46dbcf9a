import { z } from "zod";
import type { Clock } from "../../shared/store/clock.ts";

/** Microsoft Graph has refused; its own words are for whoever runs the command. */
export class EntraRefused extends Error {
  override readonly name = "EntraRefused";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What a client needs. */
export interface EntraDeps {
  /** Without a version. */
  readonly graph: string;
  readonly clock: Clock;
  /** A token for Graph of whoever runs the command. */
  readonly token: () => Promise<string>;
  /** @default fetch */
  readonly fetch?: typeof fetch;
}

const page = z.object({ value: z.array(z.unknown()), "@odata.nextLink": z.string().optional() });
const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const requestTimeoutInMs = 30_000;
const mostTries = 8;
const mostLooks = 12;

/** Microsoft Graph v1.0, as far as registrations need it: paging, throttling, and objects that are there only a moment later. */
export class EntraApi {
  readonly #deps: EntraDeps;

  constructor(deps: EntraDeps) {
    this.#deps = deps;
  }

  /** An object; undefined when there is none. @throws EntraRefused */
  async find<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    try {
      return schema.parse(await this.#send("GET", path));
    } catch (error) {
      if (error instanceof EntraRefused && error.status === 404) return undefined;
      throw error;
    }
  }

  /** An object that has just been made: directories tell of it in all places only some seconds later. @throws EntraRefused */
  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return schema.parse(await this.eventually(() => this.#send("GET", path)));
  }

  /** All pages of a list; empty when its owner is not there. @throws EntraRefused */
  async list<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
    const found: T[] = [];
    for (let next: string | undefined = path; next !== undefined; ) {
      const one: z.infer<typeof page> | undefined = await this.find(next, page);
      found.push(...(one?.value ?? []).map((item) => schema.parse(item)));
      next = one?.["@odata.nextLink"];
    }
    return found;
  }

  /** Makes an object under a key of ours, or changes it: twice is the same as once. @throws EntraRefused */
  async put(path: string, body: object): Promise<void> {
    await this.eventually(() => this.#send("PATCH", path, body, { Prefer: "create-if-missing" }));
  }

  /** Changes an object. @throws EntraRefused */
  async change(path: string, body: object): Promise<void> {
    await this.eventually(() => this.#send("PATCH", path, body));
  }

  /** Adds to a list that has no keys. That it is there already is as good. @throws EntraRefused */
  async add(path: string, body: object): Promise<void> {
    try {
      await this.eventually(() => this.#send("POST", path, body));
    } catch (error) {
      if (!(error instanceof EntraRefused) || !/already exists/i.test(error.message)) throw error;
    }
  }

  /** Deletes an object. That it is gone already is as good. @throws EntraRefused */
  async remove(path: string): Promise<void> {
    try {
      await this.#send("DELETE", path);
    } catch (error) {
      if (!(error instanceof EntraRefused) || error.status !== 404) throw error;
    }
  }

  /** Does it again for a while as long as something that was just made is not found. @throws EntraRefused */
  async eventually<T>(action: () => Promise<T>): Promise<T> {
    for (let look = 1; ; look++) {
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof EntraRefused) || !isNotThereYet(error) || look >= mostLooks) throw error;
        await this.#deps.clock.sleep(Math.min(look * 1000, 10_000));
      }
    }
  }

  async #send(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<unknown> {
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#try(method, path, body, headers);
      const waitInMs = answer instanceof Error ? attempt * 1000 : toWaitInMs(answer, attempt);
      // A list without keys would have the same line twice, if the first try was done and only its answer is lost.
      const mayRepeat = method !== "POST" || (!(answer instanceof Error) && answer.status === 429);
      if (waitInMs !== undefined && mayRepeat && attempt < mostTries) await this.#deps.clock.sleep(waitInMs);
      else if (answer instanceof Error) throw answer;
      else return parseAnswer(answer);
    }
  }

  async #try(method: string, path: string, body: object | undefined, headers: Record<string, string>) {
    const { graph, token, fetch: send = fetch } = this.#deps;
    const url = path.startsWith("/") ? `${graph}/v1.0${path}` : path;
    // A next page is asked for with the token, so it has to be Graph's.
    if (!url.startsWith(`${graph}/v1.0/`)) throw new Error("Graph names a page of another host");
    const authorization = `Bearer ${await token()}`;
    try {
      const answer = await send(url, {
        method,
        headers: { ...headers, Authorization: authorization, "Content-Type": "application/json" },
        signal: AbortSignal.timeout(requestTimeoutInMs),
        redirect: "error",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: answer.status, retryAfter: answer.headers.get("retry-after"), text: await answer.text() };
    } catch (error) {
      return new Error(`No answer of ${new URL(graph).host}. Do it again: what was done stays done.`, { cause: error });
    }
  }
}

interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/** Undefined: another try would not help. */
function toWaitInMs({ status, retryAfter }: Answer, attempt: number): number | undefined {
  if (status !== 429 && status < 500) return undefined;
  const seconds = Number(retryAfter ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(seconds, 120) * 1000 : attempt * 1000;
}

function parseAnswer({ status, text }: Answer): unknown {
  if (status < 300) return text === "" ? undefined : JSON.parse(text);
  const told = refusal.safeParse(text.startsWith("{") ? JSON.parse(text) : undefined);
  const { code, message } = told.success ? told.data.error : { code: "", message: "no reason given" };
  throw new EntraRefused(status, code, message);
}

/** A 404 for what was just made, or its application that another part of the directory does not know yet. */
function isNotThereYet({ status, code, message }: EntraRefused): boolean {
  if (status === 404) return true;
  return (
    status === 400 && (/NoBackingApplicationObject/.test(code) || /does not (reference|exist)|not found/i.test(message))
  );
}
