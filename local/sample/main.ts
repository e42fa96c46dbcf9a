import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encryptedFiles } from "./encrypt.ts";
import { generateDrop } from "./generate-drop.ts";
import { isSampleFormat, sampleFormats } from "./sample-formats.ts";
import { defaultSample, type SampleOptions } from "./sample-options.ts";
import { writeCompanions, writeFiles } from "./write-drop.ts";

const help = `node local/sample/main.ts --out DIR [options]      writes a sample drop to look at

  --out DIR            drop files go to DIR/drop; mapping.csv, directory.json and expected.jsonl to DIR
  --messages N         chat items                                  (default ${defaultSample.messages})
  --users N            people of our firm                          (default ${defaultSample.users})
  --format F           ${Object.keys(sampleFormats).join(" | ")}               (default ${defaultSample.format})
  --seed S             another day with the same numbers           (default ${defaultSample.seed})
  --day D              day of the chats, such as 2026-06-03        (default ${defaultSample.day})
  --zone Z             IANA zone                                   (default ${defaultSample.zone})
  --feed F             firm code                                   (default ${defaultSample.feed})
  --pgp-key FILE       armored public key to encrypt with          (default: not encrypted)
`;

const known = {
  out: { type: "string" },
  messages: { type: "string", default: String(defaultSample.messages) },
  users: { type: "string", default: String(defaultSample.users) },
  format: { type: "string", default: defaultSample.format },
  seed: { type: "string", default: defaultSample.seed },
  day: { type: "string", default: defaultSample.day },
  zone: { type: "string", default: defaultSample.zone },
  feed: { type: "string", default: defaultSample.feed },
  "pgp-key": { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

const given = parseArgs({ options: known }).values;

if (given.help === true || given.out === undefined) {
  process.stdout.write(help);
  process.exitCode = given.help === true ? 0 : 1;
} else {
  await write(given.out, toOptions());
}

async function write(out: string, options: SampleOptions): Promise<void> {
  const drop = generateDrop(options);
  const keyFile = given["pgp-key"];
  const files = keyFile === undefined ? drop.files : encryptedFiles(drop.files, await readFile(keyFile, "utf8"));
  for (const [name, bytes] of await writeFiles(join(out, "drop"), files)) print(`${name}: ${bytes} bytes`);
  await writeCompanions(out, drop);
  const { items, equation, unmappedItems, mailboxes } = drop.expected.summary();
  const { available, imported, partial, skipped, failed } = equation;
  print(`${items} items, ${unmappedItems} of them with no mailbox at all; ${mailboxes.size} mailboxes`);
  print(
    `available ${available} = imported ${imported} + partial ${partial} + skipped ${skipped} + failed ${failed} (site day ${drop.siteDay})`,
  );
}

function toOptions(): SampleOptions {
  const { format, seed, day, zone, feed } = given;
  if (!isSampleFormat(format)) throw new RangeError(`--format is one of ${Object.keys(sampleFormats).join(", ")}`);
  return {
    messages: toCount("messages", given.messages),
    users: toCount("users", given.users),
    format,
    seed,
    day,
    zone,
    feed,
  };
}

function toCount(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new RangeError(`--${option} is a whole number, such as 500`);
  return Number(text);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
