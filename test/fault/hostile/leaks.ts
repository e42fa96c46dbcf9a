import { gunzipSync } from "node:zlib";
import type { BlobPath } from "../../../shared/store/blobs.ts";
import { toErrorFields } from "../../../shared/telemetry/error-fields.ts";
import type { PipelineWorld } from "../../support/pipeline-world.ts";
import { fileName, person, word } from "./hostile-case.ts";

/** Where content lies by design. */
const content = /^(evidence|drops|chats|people|routed|work)\//;
/** Where people may be named: who has no mailbox. */
const namesPeople = /^reports\/drop\//;
/** Where an archive's file names may stand. */
const namesFiles = /^(state\/file|reports\/drop)\//;

/** Every place outside of the content that holds one of the marked words. */
export async function findLeaks(world: PipelineWorld, sent: readonly unknown[]): Promise<string[]> {
  const leaks = [
    ...within("the log", JSON.stringify(world.log.lines), [word, person, fileName]),
    ...within("what is logged of errors", JSON.stringify(world.errors.map(toErrorFields)), [word, person, fileName]),
    ...within("queue messages", JSON.stringify(sent), [word, person, fileName]),
    ...within("blob names", world.blobs.all().join("\n"), [word, person, fileName]),
  ];
  for (const path of world.blobs.all()) if (!content.test(path)) leaks.push(...(await inBlob(world, path)));
  return leaks;
}

async function inBlob(world: PipelineWorld, path: BlobPath): Promise<string[]> {
  const bytes = (await world.blobs.read(path))?.bytes ?? Buffer.alloc(0);
  const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString() : bytes.toString();
  const marks = [word, ...(namesPeople.test(path) ? [] : [person]), ...(namesFiles.test(path) ? [] : [fileName])];
  return within(path, text, marks);
}

function within(place: string, text: string, marks: readonly string[]): string[] {
  const plain = text.toLowerCase();
  return marks.filter((mark) => plain.includes(mark)).map((mark) => `${mark} in ${place}`);
}
