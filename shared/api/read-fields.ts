import type { z } from "zod";
import { type FieldFault, invalid } from "./problem.ts";

/** What a value that does not fit is told by, where the schema has no words of its own. zod's own can quote what was given. */
const messages: Readonly<Partial<Record<z.core.$ZodIssue["code"], string>>> = {
  invalid_type: "is missing or of the wrong kind",
  too_big: "is too big or too long",
  too_small: "is too small or too short",
  invalid_format: "does not have the right form",
  not_multiple_of: "is not a multiple of what it has to be",
  unrecognized_keys: "has fields that are not known",
  invalid_union: "is none of the forms that are taken",
  invalid_key: "has a name that is not taken",
  invalid_element: "has something that is not taken",
  invalid_value: "is none of the values that are taken",
  custom: "is not taken",
};
const mostFaults = 50;

/**
 * Reads a part of a request by its schema.
 * @throws ApiProblem (400) that names each field, in the schema's words or in static ones, and repeats no value
 */
export function readFields(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value, { error: ({ code }) => messages[code] ?? "is not right" });
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.slice(0, mostFaults).map(toFault));
}

function toFault({ path, message }: z.core.$ZodIssue): FieldFault {
  return { path: path.map(String).join("."), message };
}
