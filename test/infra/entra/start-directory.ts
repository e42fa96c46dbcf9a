import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { z } from "zod";
import type { Clock } from "../../../shared/store/clock.ts";
import type { Answer } from "./answers.ts";
import type { Directory } from "./directory.ts";

/** Where the connection breaks, counted in requests from 1: nothing gets through any more. */
export interface Break {
  readonly at: number;
  /** Whether that request is still done, and only its answer lost. */
  readonly isDone: boolean;
}

/** Microsoft Graph's wire over a directory. */
export interface RunningDirectory extends AsyncDisposable {
  readonly url: string;
  readonly requests: string[];
  /** Writes among them that were done. */
  readonly writes: string[];
  /** Set to have the connection break. */
  break: Break | undefined;
  /** Every so many requests one is refused with 429. */
  throttleEvery: number | undefined;
  /** Requests that came before the wait was over that the last 429 asked for. */
  impatient: number;
}

const token = "token-of-an-administrator";

/** Starts it on a free port; the token that it takes is `token-of-an-administrator`. */
export async function startDirectory(directory: Directory, clock: Clock): Promise<RunningDirectory> {
  let closedUntil = Number.NEGATIVE_INFINITY;
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.number() }).parse(server.address());
  const running: RunningDirectory = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    writes: [],
    break: undefined,
    throttleEvery: undefined,
    impatient: 0,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const number = running.requests.push(`${request.method} ${request.url}`);
    const { break: broken } = running;
    if (broken !== undefined && (number > broken.at || (number === broken.at && !broken.isDone))) {
      response.destroy();
      return;
    }
    const result = await respond(request, number);
    if (number === broken?.at) response.destroy();
    else send(response, result);
  }

  async function respond(request: IncomingMessage, number: number): Promise<Answer> {
    if (request.headers.authorization !== `Bearer ${token}`)
      return { status: 401, body: { error: { code: "InvalidAuthenticationToken", message: "" } } };
    if (clock.now() < closedUntil) running.impatient++;
    if (running.throttleEvery !== undefined && number % running.throttleEvery === 0) {
      closedUntil = clock.now() + 7000;
      return {
        status: 429,
        headers: { "Retry-After": "7" },
        body: { error: { code: "TooManyRequests", message: "" } },
      };
    }
    const url = new URL(request.url ?? "", running.url);
    if (!url.pathname.startsWith("/v1.0/")) return { status: 404 };
    const method = request.method ?? "";
    const hasBody = Number(request.headers["content-length"] ?? 0) > 0;
    const body = hasBody ? z.record(z.string(), z.unknown()).parse(await json(request)) : {};
    const path = decodeURI(url.pathname.slice("/v1.0".length));
    const result = directory.handle({
      method,
      path,
      query: url.searchParams,
      body,
      makesMissing: request.headers["prefer"] === "create-if-missing",
    });
    if (method !== "GET" && result.status < 300) running.writes.push(`${method} ${path}`);
    return result;
  }

  function send(response: ServerResponse, { status, body, headers }: Answer): void {
    const text =
      body === undefined
        ? ""
        : JSON.stringify(body, (name, value) => (name === "@odata.nextLink" ? `${running.url}/v1.0${value}` : value));
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(text);
  }
  return running;
}
