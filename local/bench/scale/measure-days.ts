import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { encryptedFile, openGpg } from "../input/encrypted-file.ts";
import { chatFile } from "../input/write-chat-file.ts";
import { createRunChild } from "../measure/run-child.ts";
import { type MeasuredDay, toMeasuredDay } from "./measured-days.ts";

/** Days of several sizes, in items and in mailboxes, so that what grows with which can be told apart. */
const samples = [
  { messages: 2_000, mailboxes: 100 },
  { messages: 8_000, mailboxes: 40 },
  { messages: 10_000, mailboxes: 500 },
  { messages: 16_000, mailboxes: 800 },
] as const;

/** Sends sample days through all stages, each in a process of its own. @param folder where inputs are kept */
export async function measureDays(folder: string, say: (line: string) => void): Promise<MeasuredDay[]> {
  await mkdir(join(folder, "input"), { recursive: true });
  const gpg = await openGpg(folder);
  const run = createRunChild();
  try {
    const days: MeasuredDay[] = [];
    for (const sample of samples) {
      say(`${sample.messages} messages to ${sample.mailboxes} mailboxes`);
      const plain = await chatFile(folder, "xml", sample);
      const { path, privateKey } = await encryptedFile(folder, gpg, plain);
      const { told } = await run("measured-day", { path, pgpKey: privateKey });
      days.push(toMeasuredDay(told, plain.sizeInBytes));
    }
    return days;
  } finally {
    await gpg.close();
  }
}
