import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject } from "./json.ts";
import { readJsonObject } from "./json.ts";

/** A request that has arrived whole. */
export interface StandInRequest {
  readonly method: string;
  /** Path and query as they came over the wire. */
  readonly target: string;
  /** The same, parsed; origin is the stand-in's. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly arrivedAt: number;
  /** The body as a JSON object, or undefined where it is none. */
  json(): JsonObject | undefined;
}

/** A service's answer. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as JSON, a string as it is; neither: no body. */
  readonly body?: JsonObject | string;
}

/** Puts a request together; the body is parsed once, when it is first asked for. */
export function toStandInRequest(parts: Omit<StandInRequest, "json" | "url"> & { origin: string }): StandInRequest {
  const { origin, ...rest } = parts;
  let parsed: { value: JsonObject | undefined } | undefined;
  return {
    ...rest,
    // A target such as `//host/x` would be read as another host, hence the origin is put before it as text.
    url: new URL(origin + rest.target),
    json() {
      parsed ??= { value: readJsonObject(rest.bytes.toString("utf8")) };
      return parsed.value;
    },
  };
}
