import * as z from "zod";
import { dropId } from "../shared/chat/identifiers.ts";
import type { ChildFields } from "../shared/telemetry/log.ts";
import { parseTraceparent, toRunId, toTrace } from "../shared/telemetry/trace.ts";

/** Read by schemas: anything else in a message could be words, and what is read here goes into every line. */
const run = z.object({ drop: dropId, gen: z.coerce.number().int().positive() });
const envelope = z.object({ traceparent: z.string().max(64) });
/** As the storage extension writes it about a ticket, which is `{drop}/{gen}/{file}.json`. */
const ticket = z.object({ BlobName: z.string() });

/**
 * What a message says of where it comes from, for every line of its invocation: the run, its trace, and the span that sent
 * it. Of a message that is none of ours: nothing.
 */
export function toOrigin(message: unknown): ChildFields {
  const runId = toMessageRunId(message);
  const sender = parseTraceparent(envelope.safeParse(message).data?.traceparent);
  return {
    ...(sender === undefined ? {} : { trace: sender.trace, parent: sender.span }),
    ...(runId === undefined ? {} : { runId, trace: toTrace(runId) }),
  };
}

function toMessageRunId(message: unknown): string | undefined {
  const [drop, gen] = ticket.safeParse(message).data?.BlobName.split("/") ?? [];
  const found = run.safeParse(drop === undefined ? message : { drop, gen }).data;
  return found === undefined ? undefined : toRunId(found.drop, found.gen);
}
