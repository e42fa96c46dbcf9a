import type { ParsedRecord } from "../chat/chat-item.ts";

/**
 * Runs a step that queues records and yields them. When the step fails the records before the fault come first, so
 * that what a reader sees does not depend on how the file was cut into pieces.
 */
export function* drain(queue: ParsedRecord[], step: () => void): Generator<ParsedRecord> {
  let failure: { readonly error: unknown } | undefined;
  try {
    step();
  } catch (error) {
    failure = { error };
  }
  yield* queue;
  queue.length = 0;
  if (failure !== undefined) throw failure.error;
}
