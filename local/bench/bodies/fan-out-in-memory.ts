import { createReadStream } from "node:fs";
import { z } from "zod";
import type { ChatLine, Participant } from "../../../shared/chat/chat-item.ts";
import { dropId, feedId, objectId, toFileId, toMailboxId } from "../../../shared/chat/identifiers.ts";
import { importKeyRule } from "../../../shared/chat/import-key.ts";
import { type People, people } from "../../../shared/chat/people.ts";
import { gatherPartition } from "../../../shared/gather/gather-partition.ts";
import { choosePartitions } from "../../../shared/gather/partitions.ts";
import { routeChunk } from "../../../shared/map/route-chunk.ts";
import { filedumpActiance } from "../../../shared/parse/filedump-actiance.ts";
import { defaultParseLimits } from "../../../shared/parse/parse-limits.ts";
import type { ParseContext } from "../../../shared/parse/profile.ts";
import type { RosterLine } from "../../../shared/parse/roster-line.ts";
import { scanRecords } from "../../../shared/parse/scan-records.ts";
import { toChatLines } from "../../../shared/parse/to-chat-lines.ts";
import { type Chunk, toChunks } from "../../../shared/pipeline/to-chunks.ts";
import { fromGzip } from "../../../shared/store/lines.ts";
import type { Body } from "../measure/body.ts";
import { Stopwatch } from "../measure/stopwatch.ts";

const args = z.object({ path: z.string() });
const file = toFileId("day");
const context: ParseContext = {
  limits: defaultParseLimits,
  attachmentAt: () => undefined,
  keepInline: () => Promise.reject(new Error("the day has no files in its records")),
};

/**
 * What the fan-out computes, with no storage, queue or directory, one part after the other: the floor of what it takes. Told
 * is the processor time of each part, ms.
 */
export const fanOutInMemoryBody: Body = async (given, watch) => {
  const { path } = args.parse(given);
  const told: Record<string, number> = {};
  const time = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const own = new Stopwatch();
    const result = await watch.time(() => own.time(work));
    told[part] = Math.round(own.taken.cpuInMs);
    return result;
  };
  const { participants, rosters } = await scan(path);
  await time("parsing", () => drain(records(path)));
  const lines = () => toLines(path, participants, rosters);
  await time("parsing and keys", () => drain(lines()));
  const chunks = await time("parsing, keys and chunks", () => collect(toChunks(lines())));
  const resolved = toPeople(participants);
  const routed = await time("routing", async () =>
    chunks.map(({ gzip }) => routeChunk(fromGzip(gzip), file, resolved).lines),
  );
  const P = choosePartitions(participants.length);
  const sources = routed.map((gzip) => ({ file, gzipped: [gzip] }));
  const sink = { write: async () => undefined };
  await time("gathering", async () => {
    for (let p = 0; p < P; p += 1) await gatherPartition({ routedChunks: sources.map(toAsync), p, P }, sink);
  });
  return told;
};

function records(path: string) {
  return filedumpActiance.parse(createReadStream(path, { highWaterMark: 256 * 1024 }), context);
}

async function scan(path: string): Promise<{ participants: readonly Participant[]; rosters: readonly RosterLine[] }> {
  const rosters: RosterLine[] = [];
  const sink = { roster: (line: RosterLine) => void rosters.push(line) };
  const { participants } = await scanRecords(records(path), sink, defaultParseLimits.participants);
  return { participants, rosters };
}

function toLines(
  path: string,
  participants: readonly Participant[],
  rosters: readonly RosterLine[],
): AsyncIterable<ChatLine> {
  const feed = feedId.parse("BENCH");
  return toChatLines(records(path), { feed, ruleFor: () => importKeyRule, participants, rosters: each(rosters) });
}

async function* each<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

function toAsync({ file: id, gzipped }: { readonly file: typeof file; readonly gzipped: readonly Buffer[] }) {
  return { file: id, gzipped: each(gzipped) };
}

function toPeople(participants: readonly Participant[]): People {
  const persons = participants.map((participant, number) => {
    const oid = objectId.parse(`00000000-0000-4000-8000-${String(number).padStart(12, "0")}`);
    const mailbox = { id: toMailboxId(oid, 0), address: `p${number}@bench.example`, displayName: "", via: "email" };
    return { participant, mailbox };
  });
  const files = { [file]: participants.map((_, number) => number) };
  return people.parse({ v: 1, drop: dropId.parse("bench-2026-06-03-1"), gen: 1, persons, files });
}

async function drain(values: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of values);
}

async function collect(values: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const all: Chunk[] = [];
  for await (const value of values) all.push(value);
  return all;
}
