import type { HttpAsk } from "./http-message.ts";
import { ApiProblem, invalid } from "./problem.ts";
import { readFields } from "./read-fields.ts";
import type { Route } from "./route.ts";

/** No JSON that the API takes is larger: keys and lists go along as files. */
const mostJsonInBytes = 1_000_000;

/** What a request brings beside its path. */
export interface Content {
  readonly body: unknown;
  readonly upload: AsyncIterable<Uint8Array> | undefined;
}

/**
 * Reads a request's content as its route has it: JSON whole, a file as it comes.
 * @throws ApiProblem: 413 over the limit, 415 for another content type, 400 when it is no JSON or does not fit
 */
export async function readContent(route: Route, ask: HttpAsk): Promise<Content> {
  const source = ask.body ?? none();
  if (route.upload !== undefined) {
    const { contentType, mostBytes } = route.upload;
    requireType(ask, contentType);
    refuseLength(ask, mostBytes);
    return { body: undefined, upload: limited(source, mostBytes) };
  }
  refuseLength(ask, mostJsonInBytes);
  const text = await readText(limited(source, mostJsonInBytes));
  if (route.body === undefined) {
    if (text !== "") throw invalid([], "This endpoint takes no content.");
    return { body: undefined, upload: undefined };
  }
  if (text !== "") requireType(ask, "application/json");
  return { body: readFields(route.body, text === "" ? undefined : parseJson(text)), upload: undefined };
}

/** The bytes as they come. @throws ApiProblem (413) when there are more than `mostBytes` */
async function* limited(source: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<Uint8Array> {
  let sizeInBytes = 0;
  for await (const bytes of source) {
    sizeInBytes += bytes.byteLength;
    if (sizeInBytes > mostBytes) throw tooLarge(mostBytes);
    yield bytes;
  }
}

async function* none(): AsyncGenerator<Uint8Array> {}

/** Before anything is read: what says that it is too long is not waited for. */
function refuseLength(ask: HttpAsk, mostBytes: number): void {
  if (Number(ask.headers.get("content-length") ?? 0) > mostBytes) throw tooLarge(mostBytes);
}

function tooLarge(mostBytes: number): ApiProblem {
  return new ApiProblem("too-large", `At most ${mostBytes} bytes are taken here.`);
}

function requireType(ask: HttpAsk, contentType: string): void {
  const given = ask.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (given !== contentType) throw new ApiProblem("wrong-content-type", `Send it as ${contentType}.`);
}

async function readText(source: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const pieces: Uint8Array[] = [];
  for await (const bytes of source) pieces.push(bytes);
  try {
    return decoder.decode(Buffer.concat(pieces));
  } catch {
    throw invalid([], "The content is not UTF-8.");
  }
}

/** V8's message quotes the text, so it must not travel on. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid([], "The content is not JSON.");
  }
}
