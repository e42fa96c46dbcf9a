import { z } from "zod";

/** `Retry-After` as it goes over the wire, or an HTTP date so many milliseconds from now. */
const retryAfter = z.union([z.string(), z.strictObject({ dateInMs: z.number() })]);

const afterTheWrite = z.boolean().default(false);

const action = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("answer"),
    status: z.int().min(400).max(599),
    /** The service's error code. @default what the service says with that status */
    code: z.string().optional(),
    message: z.string().optional(),
    retryAfter: retryAfter.optional(),
    /**
     * `html` and `half-json` are what gateways and broken proxies send; `echo` has the whole request, its token too, in
     * the error's message. @default "json"
     */
    body: z.enum(["json", "html", "half-json", "empty", "echo"]).default("json"),
    afterTheWrite,
  }),
  /** The connection is reset, before anything was done or after all was. */
  z.strictObject({ kind: z.literal("hang-up"), afterTheWrite }),
  /** No answer for as long as the client waits. */
  z.strictObject({ kind: z.literal("hang"), afterTheWrite }),
  z.strictObject({ kind: z.literal("delay"), delayInMs: z.number().min(0), afterTheWrite }),
  /**
   * All is done and answered with the real status, but the body is spoilt: a page, half of it, none, or (`previous`) that
   * of the creation before, as from a proxy that mixes answers up.
   */
  z.strictObject({ kind: z.literal("spoil"), body: z.enum(["html", "half-json", "empty", "previous"]) }),
  /** Filters do not see what is younger than this. */
  z.strictObject({ kind: z.literal("stale"), ageInMs: z.number().min(0) }),
]);

/** What a fault rule looks like, in process and over the control endpoint. Unknown names are refused. */
export const faultRuleSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      /** Regular expression, tested on path and query as they came over the wire. */
      path: z.string().optional(),
      /** Names of top-level properties that the JSON body must all have. */
      bodyHas: z.array(z.string()).optional(),
    })
    .default({}),
  /** Which of the matching requests, counted from 1. @default all */
  nth: z.union([z.int().min(1), z.array(z.int().min(1))]).optional(),
  /** Only the first so many matching requests. */
  first: z.int().min(1).optional(),
  /** Share of the matching requests that are hit, 0 to 1, by a seeded generator. */
  rate: z.number().min(0).max(1).optional(),
  seed: z.int().default(1),
  action,
});

/** A fault as one writes it: what has a default may be left out. */
export type FaultRule = z.input<typeof faultRuleSchema>;

/** A fault as it is used. */
export type ParsedFaultRule = z.output<typeof faultRuleSchema>;

/** What a fault does. */
export type FaultAction = ParsedFaultRule["action"];

/** How the body of a real answer is spoilt. */
export type SpoiltBody = Extract<FaultAction, { kind: "spoil" }>["body"];

/** An action that ends the request in place of the real answer. */
export type EndingAction = Extract<FaultAction, { kind: "answer" | "hang-up" | "hang" }>;
