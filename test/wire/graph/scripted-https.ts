import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { generate } from "selfsigned";

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** An https server on loopback that answers what the test says, one answer a request, and keeps what arrived. */
export interface ScriptedHttps extends AsyncDisposable {
  readonly endpoint: string;
  readonly arrived: Arrived[];
  /** How many connections were made. */
  readonly connections: number;
}

let pair: Promise<{ private: string; cert: string }> | undefined;

/** One pair a process: the first connection fixes which authorities are trusted. */
function trustedLocalhost(): Promise<{ private: string; cert: string }> {
  pair ??= makeTrusted();
  return pair;
}

async function makeTrusted(): Promise<{ private: string; cert: string }> {
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    extensions: [{ name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] }],
  });
  setDefaultCACertificates([...getCACertificates("default"), made.cert]);
  return made;
}

/** Starts one; requests beyond the script are answered with 418. */
export async function startScriptedHttps(
  ...script: ((response: ServerResponse, request: Arrived) => void)[]
): Promise<ScriptedHttps> {
  const pems = await trustedLocalhost();
  const arrived: Arrived[] = [];
  const answerOne = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await request.toArray()).toString("utf8");
    const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
    arrived.push(one);
    const answer = script.shift();
    if (answer === undefined) response.writeHead(418).end();
    else answer(response, one);
  };
  const server = createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    answerOne(request, response).catch((error: Error) => response.destroy(error));
  });
  let connections = 0;
  server.on("secureConnection", () => {
    connections += 1;
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "localhost", resolve);
  await listening;
  return {
    endpoint: `https://localhost:${portOf(server.address())}`,
    arrived,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** Answers with JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse): void => {
    response.writeHead(status, { "content-type": "application/json; odata.metadata=minimal", ...headers });
    response.end(JSON.stringify(body));
  };
}
