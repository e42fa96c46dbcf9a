import * as z from "zod";
import { defineRoute } from "../route.ts";

/** What the app is and where it is reached from. */
export const systemReply = z.object({
  version: z.string(),
  /** The firm tells ICE this one, for the site's allow-list. */
  outboundIp: z.string().optional().describe("The address that the app's connections come from, where it is fixed."),
  now: z.iso.datetime().describe("The server's clock."),
});

/** Who asks. */
export const meReply = z.object({
  id: z.string().describe("As the audit log names them."),
  name: z.string().optional(),
  role: z.enum(["admin", "reader"]),
  /** Then the page says so: nobody has signed in. */
  isDevelopment: z.boolean(),
});

/** About the app itself. */
export const systemRoutes = {
  readMe: defineRoute({
    endpoint: "readMe",
    role: "reader",
    summary: "Who asks, and what they may do.",
    reply: meReply,
  }),
  readSystem: defineRoute({
    endpoint: "readSystem",
    role: "reader",
    summary: "Version, outbound address, clock.",
    reply: systemReply,
  }),
  readOpenApi: defineRoute({
    endpoint: "readOpenApi",
    role: "reader",
    summary: "This document: every endpoint, as OpenAPI 3.1.",
    reply: z.record(z.string(), z.unknown()),
  }),
} as const;
