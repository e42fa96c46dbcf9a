/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

/** Whether `value` is a JSON object, given that it came out of `JSON.parse`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether `value` is a list, given that it came out of `JSON.parse`. */
export function isJsonList(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * Parses text that must be a JSON object.
 *
 * @throws SyntaxError when it is none
 */
export function parseJsonObject(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) throw new SyntaxError("not a JSON object");
  return value;
}

/** The JSON object in `text`, or undefined where it is anything else: for what came over the wire. */
export function readJsonObject(text: string): JsonObject | undefined {
  try {
    return parseJsonObject(text);
  } catch {
    return undefined;
  }
}
