import { type TraceContext, toTrace, toTraceparent } from "../telemetry/trace.ts";
import type { QueueName, Queues, Task } from "./queues.ts";

/**
 * The same queues, each message saying which invocation has sent it. What is about a run is in the run's own trace, whoever
 * sends it: the sweep looks after many drops, and its own trace would tie them together.
 */
export function toTracedQueues(queues: Queues, own: TraceContext): Queues {
  const trace = <Q extends QueueName>(task: Task<Q>): Task<Q> => ({
    ...task,
    traceparent: toTraceparent({ ...own, trace: "drop" in task ? toTrace(task.runId) : own.trace }),
  });
  return { send: (queue, task, delayInMs) => queues.send(queue, trace(task), delayInMs) };
}
