import { type QueueName, type Task, tasks } from "./queues.ts";

const schemas: { readonly [Q in QueueName]: { parse(value: unknown): Task<Q> } } = tasks;

/** Reads a queue's message, given as the value its JSON stands for. Throws zod's error, which holds no values. */
export function parseTask<Q extends QueueName>(queue: Q, value: unknown): Task<Q> {
  return schemas[queue].parse(value);
}
