import { z } from "zod";

const word = z.string().min(1, "must not be empty");

const userSchema = z.object({
  id: z
    .string()
    .regex(
      /^[a-zA-Z0-9][\w-]{0,63}$/,
      'must be letters, digits, "-" or "_", at most 64, such as "3f2b8a10-5c1e-4f57-9d0a-2a8f6f0f7f11"',
    ),
  userPrincipalName: word,
  mail: word.nullish().transform((mail) => mail ?? null),
  proxyAddresses: z
    .array(z.string().regex(/^[^:]+:.+$/, 'must begin with its kind, such as "SMTP:ann@example.com"'))
    .default([]),
  displayName: z.string().default(""),
  mailbox: z.enum(["ok", "none", "disabled"], 'must be "ok", "none" or "disabled"').default("ok"),
});

/** A user as a directory file has it. */
export type DirectoryUser = z.output<typeof userSchema>;

/** The same as one writes it: `mail`, `proxyAddresses`, `displayName` and `mailbox` may be left out. */
export type DirectoryUserInput = z.input<typeof userSchema>;

const FIELDS = Object.keys(userSchema.shape);
const MOST_PROBLEMS_SHOWN = 20;
const EXAMPLE =
  '[{"id":"3f2b8a10-5c1e-4f57-9d0a-2a8f6f0f7f11","userPrincipalName":"ann@example.com","mail":"ann@example.com",' +
  '"proxyAddresses":["SMTP:ann@example.com"],"displayName":"Ann Example","mailbox":"ok"}]';

/** A directory file that cannot be used. `problems` has one line for each thing that is wrong. */
export class DirectoryFileError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const shown = problems.slice(0, MOST_PROBLEMS_SHOWN);
    const more = problems.length > shown.length ? [`... and ${problems.length - shown.length} more`] : [];
    super(["The directory cannot be used:", ...shown, ...more, `It must look like ${EXAMPLE}`].join("\n  "));
    this.name = "DirectoryFileError";
    this.problems = problems;
  }
}

/**
 * Parses a directory file: a JSON list of users.
 *
 * @throws DirectoryFileError that names every entry, field and reason
 */
export function parseDirectory(text: string): DirectoryUser[] {
  const list = parseList(text);
  const problems: string[] = [];
  const users = list.flatMap((entry, index) => {
    const parsed = userSchema.safeParse(entry);
    problems.push(...toMisspellings(entry, index));
    if (parsed.success) return [parsed.data];
    problems.push(...parsed.error.issues.map(({ path, message }) => `${toPlace(entry, index, path)}: ${message}`));
    return [];
  });
  problems.push(...toDoubles(users, "id"), ...toDoubles(users, "userPrincipalName"));
  if (problems.length > 0) throw new DirectoryFileError(problems);
  return users;
}

function parseList(text: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new DirectoryFileError([`it is not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  if (!Array.isArray(value)) throw new DirectoryFileError(["it is JSON, but not a list"]);
  return value;
}

function toPlace(entry: unknown, index: number, path: readonly PropertyKey[]): string {
  const id = typeof entry === "object" && entry !== null && "id" in entry ? `, id ${JSON.stringify(entry.id)}` : "";
  return `user ${index + 1}${id}${path.length === 0 ? "" : `, ${path.map(String).join(".")}`}`;
}

// Other fields are let pass, so that what Graph or Entra exports can be used; a field in the wrong case is a mistake that
// would leave people without a mailbox.
function toMisspellings(entry: unknown, index: number): string[] {
  if (typeof entry !== "object" || entry === null) return [];
  return Object.keys(entry).flatMap((name) => {
    const meant = FIELDS.find((field) => field !== name && field.toLowerCase() === name.toLowerCase());
    return meant === undefined ? [] : [`${toPlace(entry, index, [name])}: is spelt "${meant}"`];
  });
}

function toDoubles(users: readonly DirectoryUser[], field: "id" | "userPrincipalName"): string[] {
  const seen = new Set<string>();
  return users.flatMap((user) => {
    const value = user[field].toLowerCase();
    if (seen.has(value)) return [`${field} "${user[field]}" is there more than once`];
    seen.add(value);
    return [];
  });
}
