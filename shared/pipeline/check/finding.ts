import * as z from "zod";

/** How a check came out. "skipped": it could not be made, or has no sense here; its text says why. */
export const findingStatus = z.enum(["ok", "warning", "wrong", "skipped"]);
/** How a check came out. */
export type FindingStatus = z.infer<typeof findingStatus>;

/** What is checked, in the order in which the page docs/doctor.md tells of it. */
export const areas = [
  "laptop",
  "app",
  "settings",
  "identity",
  "storage",
  "clock",
  "vault",
  "connector",
  "mapping",
  "people",
  "keys",
  "site",
  "graph",
] as const;
/** What is checked. */
export type Area = (typeof areas)[number];

/** One line of what was found. Ids, counts and static words: never people's addresses, file names or secrets (R5). */
export const finding = z.object({
  status: findingStatus,
  area: z.enum(areas),
  /** Which one of several, such as a connector's name. */
  about: z.string().optional(),
  text: z.string(),
  /** What somebody has to do about it. */
  todo: z.string().optional(),
});
/** One line of what was found. */
export type Finding = z.infer<typeof finding>;

/** A finding as a check tells it; area and subject are the check's. */
export type Told = Pick<Finding, "status" | "text" | "todo">;

/** It is as it should be. */
export function ok(text: string): Told {
  return { status: "ok", text };
}

/** It works, and somebody should look at it. */
export function warning(text: string, todo: string): Told {
  return { status: "warning", text, todo };
}

/** It does not work. */
export function wrong(text: string, todo: string): Told {
  return { status: "wrong", text, todo };
}

/** It was not tried. @param text why not */
export function skipped(text: string, todo?: string): Told {
  return { status: "skipped", text, ...(todo === undefined ? {} : { todo }) };
}

/** How many findings came out how. */
export type Tally = Readonly<Record<FindingStatus, number>>;

/** Counts findings. */
export function toTally(findings: readonly Pick<Finding, "status">[]): Tally {
  const count = (status: FindingStatus): number => findings.filter((one) => one.status === status).length;
  return { ok: count("ok"), warning: count("warning"), wrong: count("wrong"), skipped: count("skipped") };
}
