import * as z from "zod";
import { pageOf, pageQuery } from "../paging.ts";
import { defineRoute } from "../route.ts";

/** A change that somebody asked for. */
export const auditEntry = z.object({
  id: z.string(),
  at: z.iso.datetime().describe("When it was asked for."),
  principal: z
    .string()
    .describe("Who asked: `entra:<object id>@<tenant id>`, `os:<user>@<host>` or `development:<role>`."),
  by: z.string().describe("By which way: `api` or `operate`."),
  action: z.string(),
  target: z.string().describe("What it is about, such as a drop."),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
});
/** A change that somebody asked for. */
export type AuditEntry = z.infer<typeof auditEntry>;

const days = {
  from: z.iso.date("must be a day such as 2026-06-03").optional().describe("The first day (UTC)."),
  to: z.iso.date("must be a day such as 2026-06-03").optional().describe("The last day (UTC)."),
};

/** What the audit log answers, newest first. */
export const auditRoutes = {
  listAudit: defineRoute({
    endpoint: "listAudit",
    role: "reader",
    summary: "Who asked for which change, and when; newest first.",
    query: z.strictObject({ ...pageQuery, ...days }),
    reply: pageOf(auditEntry),
  }),
  downloadAudit: defineRoute({
    endpoint: "downloadAudit",
    role: "reader",
    summary: "The same as a table, oldest first.",
    query: z.strictObject(days),
    download: "text/csv; charset=utf-8",
  }),
} as const;
