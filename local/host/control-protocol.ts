import { z } from "zod";
import { processMemory } from "./worker/protocol.ts";

/** What the process that started a host says to it. */
export const toHostMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("stop") }),
  z.object({ kind: z.literal("memory"), id: z.number() }),
  z.object({ kind: z.literal("run-timer"), id: z.number(), functionName: z.string() }),
]);
/** What the process that started a host says to it. */
export type ToHostMessage = z.infer<typeof toHostMessage>;

const hostMemory = z.object({ host: processMemory, worker: processMemory });

/** Memory of the host's own process and of the worker process, where the functions run. */
export type HostMemory = z.infer<typeof hostMemory>;

/** What a host says to the process that started it. */
export const fromHostMessage = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("ready"),
    httpPort: z.number(),
    functions: z.array(z.string()),
    inError: z.array(z.object({ name: z.string(), error: z.string() })),
  }),
  z.object({ kind: z.literal("memory"), id: z.number(), memory: hostMemory }),
  z.object({ kind: z.literal("timer-done"), id: z.number(), succeeded: z.boolean(), error: z.string().optional() }),
  z.object({ kind: z.literal("stopped"), memory: hostMemory }),
]);
/** What a host says to the process that started it. */
export type FromHostMessage = z.infer<typeof fromHostMessage>;
