import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { QueueServiceClient } from "@azure/storage-queue";
import { parse } from "csv-parse/sync";
import { type RunningAzurite, startAzurite } from "../../local/azurite/azurite.ts";
import { parseCommand } from "../../local/operate/command.ts";
import { toPrincipal } from "../../local/operate/open-place.ts";
import { Refused } from "../../local/operate/refused.ts";
import { runCommand } from "../../local/operate/run-command.ts";
import { findRunningStart } from "../../local/start/running-starts.ts";
import { WrongOption } from "../../local/start/wrong-option.ts";
import { type AuditRecord, auditRecord } from "../../shared/pipeline/leave-audit.ts";
import { type AzureStorage, openAzureStorage } from "../../shared/store/azure-storage.ts";
import type { tasks } from "../../shared/store/queues.ts";
import { listDocuments } from "../../shared/store/state-document.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { createLog } from "../../shared/telemetry/log.ts";
import { MemoryQueues } from "../support/memory-queues.ts";
import { connectorOf, dropOf, PipelineWorld } from "../support/pipeline-world.ts";
import { csvOf, rowsOf, siteMorning } from "../support/small-drop.ts";

const main = join(import.meta.dirname, "../../local/operate/main.ts");
const aDayInMs = 24 * 3600_000;
const [closed, stuck, held] = [dropOf(1), dropOf(1, "2026-06-05"), dropOf(1, "2026-06-06")];

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  const { AZURE_STORAGE_CONNECTION_STRING: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const told = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    told.err += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...told };
}

/** A drop that is closed, one of which a chunk is dead, one that the gate holds, and a message that is none of ours. */
async function makeDrops(): Promise<PipelineWorld> {
  const world = new PipelineWorld();
  await world.save(connectorOf({ itemLimit: 5 }));
  world.put("a.csv", csvOf([...rowsOf("a", 2), { id: "lost", from: "eve", to: ["eve"] }]));
  world.put("bad.csv", "this is no chat\r\n");
  await world.runUntilQuiet();
  await world.map("no;header");
  world.put("b.csv", csvOf(rowsOf("b", 2)), siteMorning + aDayInMs);
  world.put("c.csv", csvOf(rowsOf("c", 9)), siteMorning + 2 * aDayInMs);
  world.clock.turn(2 * aDayInMs);
  await world.fetch().catch(() => undefined);
  await world.runFor(3600_000);
  return world;
}

describe("the operator's command line", () => {
  let azurite: RunningAzurite;
  let storage: AzureStorage;
  const operate = (...args: readonly string[]): Promise<Ended> =>
    run(args, { AZURE_STORAGE_CONNECTION_STRING: azurite.connectionString });

  before(async () => {
    azurite = await startAzurite();
    storage = openAzureStorage({ connectionString: azurite.connectionString }, systemClock);
    await storage.createMissing();
    const { blobs } = await makeDrops();
    for (const path of blobs.all()) {
      const bytes = (await blobs.read(path))?.bytes;
      if (bytes !== undefined) await storage.blobs.create(path, bytes);
    }
  });
  after(() => azurite.stop());

  async function audits(): Promise<AuditRecord[]> {
    const records: AuditRecord[] = [];
    for await (const { value } of listDocuments(storage.blobs, "audit/", auditRecord)) records.push(value);
    return records;
  }

  async function waiting(queue: keyof typeof tasks): Promise<unknown[]> {
    const client = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(queue);
    const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32, visibilityTimeout: 1 });
    await client.clearMessages();
    return receivedMessageItems.map(({ messageText }) => JSON.parse(Buffer.from(messageText, "base64").toString()));
  }

  test("list shows every drop, the open ones first, with its state, its equation and what is wrong", async () => {
    const { code, out, err } = await operate("list");
    assert.deepEqual([code, err], [0, ""]);
    const lines = out.trim().split("\n");
    assert.deepEqual(lines, [
      `${stuck}  sealed  2 items  available 0 = imported 0 + partial 0 + skipped 0 + failed 0; 1 piece of work given up`,
      `${held}  held  9 items  available 0 = imported 0 + partial 0 + skipped 0 + failed 0`,
      `${closed}  closed  3 items  available 4 = imported 4 + partial 0 + skipped 0 + failed 0; 1 item unmapped`,
    ]);
  });

  test("report tells a drop's equation, people, files and dead work; as JSON and as each table too", async () => {
    const ofClosed = await operate("report", closed);
    assert.equal(ofClosed.code, 0);
    assert.match(
      ofClosed.out,
      /^Drop acme-2026-06-04-1, generation 1: closed .*\n {2}3 items from 2 files for 2 mailboxes\n/,
    );
    assert.match(ofClosed.out, /eve: unknown-user, 1 item\n/);
    assert.match(ofClosed.out, /bad\.csv: rejected, /);
    const ofStuck = await operate("report", stuck);
    assert.match(
      ofStuck.out,
      /! chats: chunk 0 of file .*, given up \d+ times?, .*: BrokenState: The mapping of connector acme cannot be used/,
    );
    const json: unknown = JSON.parse((await operate("report", closed, "--json")).out);
    assert.ok(typeof json === "object" && json !== null && "status" in json && json.status === "closed");
    const items: Record<string, string>[] = parse((await operate("report", closed, "--csv", "items")).out, {
      bom: true,
      columns: true,
    });
    assert.deepEqual(
      items.map(({ outcome }) => outcome),
      ["imported", "imported", "imported", "imported", "unmapped"],
    );
    const dead: Record<string, string>[] = parse((await operate("report", stuck, "--csv", "dead")).out, {
      bom: true,
      columns: true,
    });
    assert.deepEqual(
      dead.map(({ standing, queue }) => [standing, queue]),
      [["dead", "chats"]],
    );
  });

  test("what is not there is refused with its reason, which is one line on standard error and exit code 1", async () => {
    const { code, out, err } = await operate("report", dropOf(9));
    assert.deepEqual([code, out, err], [1, "", "There is no drop acme-2026-06-04-9.\n"]);
    const log = createLog(() => undefined);
    const deps = { ...storage, log, clock: systemClock, writer: "test", principal: async () => "os:test" };
    for (const [args, told] of [
      [["report", closed, "--gen", "7"], /^Drop .* has no report of generation 7/],
      [["release", closed], /^The drop is closed, not held\.$/],
      [["reprocess", held], /^The drop is already being processed \(held\)/],
      [["restart", closed], /^There is no open drop of that name\.$/],
      [["redrive", closed], /^There is no such work that was given up\.$/],
      [["reprocess", closed, "--mailbox", "nobody.0"], /nobody/],
    ] as const) {
      const parsed = parseCommand(args, {});
      assert.ok(parsed !== undefined);
      const ask = async (): Promise<void> => {
        for await (const _ of runCommand(deps, parsed.command));
      };
      await assert.rejects(ask, (error) => error instanceof Refused && told.test(error.message), args.join(" "));
    }
  });

  test("redrive sends the dead chunk again, once its record in audit is there", async () => {
    await waiting("chats");
    const earlier = (await audits()).length;
    const { code, out } = await operate("redrive", stuck, "--queue", "chats");
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^sent again: chats/${stuck}/1/\\w{20}-00000\\n$`));
    const sent = await waiting("chats");
    assert.deepEqual(sent.length, 1);
    const record = (await audits())[earlier];
    assert.deepEqual(
      [record?.action, record?.target, record?.by, record?.details],
      ["redrive", stuck, "operate", { queue: "chats" }],
    );
    assert.ok(record?.principal.startsWith(`os:${userInfo().username}@`));
    assert.match((await operate("dead")).out, new RegExp(`^! chats/${stuck}/1/.*, sent again .*cannot be used`));
  });

  test("release lets a held drop go and names who did", async () => {
    const { code, out } = await operate("release", held);
    assert.deepEqual([code, out], [0, `Drop ${held} is released: 9 items.\n`]);
    assert.match((await operate("list")).out, new RegExp(`${held}  released  `));
    assert.ok((await audits()).some(({ action, target }) => action === "release" && target === held));
    const [ticket] = await collectPaths(`released/${held}/1/`);
    assert.ok(ticket !== undefined);
  });

  test("restart and reprocess begin the next generation, of a part of the drop too", async () => {
    assert.equal((await operate("restart", stuck)).out, `Drop ${stuck} goes on as generation 2.\n`);
    const items: Record<string, string>[] = parse((await operate("report", closed, "--csv", "items")).out, {
      bom: true,
      columns: true,
    });
    const [item] = items;
    assert.ok(item !== undefined);
    const begun = await operate("reprocess", closed, `--item=${item["key"]}`);
    assert.deepEqual([begun.code, begun.out], [0, `Drop ${closed} goes on as generation 2.\n`], begun.err);
    const record = (await audits()).find(({ action }) => action === "reprocess" && true);
    assert.ok(record !== undefined);
    const scoped = (await audits()).find(({ details }) => details["items"] !== undefined);
    assert.deepEqual(scoped?.details["items"], [item["key"]]);
    const now: unknown = JSON.parse((await operate("report", closed, "--json")).out);
    assert.match(JSON.stringify(now), /"status":"running"/);
  });

  test("nothing is changed when the record cannot be left", async () => {
    const { blobs } = await makeDrops();
    const create = blobs.create.bind(blobs);
    blobs.create = (path, ...rest) =>
      path.startsWith("audit/") ? Promise.reject(new Error("the audit is away")) : create(path, ...rest);
    const queues = new MemoryQueues();
    const log = createLog(() => undefined);
    const deps = { blobs, queues, log, clock: systemClock, writer: "test", principal: async () => "os:test" };
    const before = blobs.all();
    for (const command of [
      { name: "release", drop: held },
      { name: "restart", drop: stuck },
      { name: "reprocess", drop: closed, scope: undefined },
      { name: "redrive", drop: stuck, queue: undefined, id: undefined },
    ] as const) {
      const ask = async (): Promise<void> => {
        for await (const _ of runCommand(deps, command));
      };
      await assert.rejects(ask, /the audit is away/);
    }
    assert.deepEqual(blobs.all(), before);
    assert.equal(queues.count("chats") + queues.count("fetches"), 0);
  });

  async function collectPaths(prefix: `${string}/${string}`): Promise<string[]> {
    const found: string[] = [];
    for await (const { path } of storage.blobs.list(prefix)) found.push(path);
    return found;
  }
});

const mistakes: readonly (readonly [args: readonly string[], told: RegExp])[] = [
  [["explode"], /^There is no command explode\. See /],
  [["report"], /^report needs a drop, such as acme-2026-06-03-1\./],
  [["report", "x y"], /^x y is no drop\./],
  [["report", closed, held], /^report takes one drop\./],
  [["list", closed], /^list takes no drop\./],
  [["list", "--gen", "1"], /^list does not take --gen\./],
  [["report", closed, "--gen", "0"], /^--gen must be a whole number from 1 on\./],
  [["report", closed, "--csv", "all"], /^--csv all is not known\. Choose summary, /],
  [["report", closed, "--csv", "items", "--json"], /^Give --csv or --json, not both\./],
  [["redrive", "--queue", "mail"], /^--queue mail is not known\. Choose fetches, /],
  [["reprocess", closed, "--file", "x"], /^--file must be a file's id of 20 characters/],
  [["reprocess", closed, "--mailbox", "jane@contoso.com"], /^--mailbox must be a mailbox such as/],
  [["reprocess", closed, "--item", "x"], /^--item must be an import key of 43 characters/],
  [["reprocess", closed, "--item", "-x"], /ambiguous/],
  [["reprocess", closed, "--file", "a".repeat(20), "--mailbox", "a.0"], /^Give --file, --mailbox or --item/],
  [["list", "--account", "A"], /^--account must be a storage account's name/],
  [["list", "--account", "account", "--connection", "x"], /^Give one storage/],
  [["list", "--wrong"], /^Unknown option '--wrong'\. See /],
];

for (const [args, told] of mistakes) {
  test(`"${args.join(" ")}" is refused with what is wrong`, () => {
    assert.throws(
      () => parseCommand(args, {}),
      (error) => error instanceof WrongOption && told.test(error.message),
    );
  });
}

test("a wrong command line is exit code 2, help is 0", async () => {
  const [wrong, help] = await Promise.all([run(["explode"], {}), run(["--help"], {})]);
  assert.deepEqual([wrong.code, wrong.out], [2, ""]);
  assert.equal(help.code, 0);
  for (const name of "list report dead redrive release restart reprocess".split(" "))
    assert.match(help.out, new RegExp(`^ {2}${name} `, "m"));
});

test("a connection string that is none is not repeated: it may hold a key", async () => {
  const { code, err } = await run(["list", "--connection", "AccountKey=canary"], {});
  assert.deepEqual([code, err], [2, "--connection is no connection string of a storage account.\n"]);
});

test("a token's object id names who asks, never an address", () => {
  const token = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
  assert.equal(toPrincipal(token({ oid: "1-2", tid: "3-4", upn: "jane@contoso.com" })), "entra:1-2@3-4");
  assert.throws(() => toPrincipal(token({})));
  assert.throws(() => toPrincipal(undefined));
});

test("without an option the storage is that of the npm start that is running, and one that ended is none", async () => {
  const state = mkdtempSync(join(tmpdir(), "operate-"));
  const script = join(state, "main.ts");
  writeFileSync(script, "setInterval(() => undefined, 1000);");
  const starts = ["one", "two"].map((name) => ({
    name,
    child: spawn(process.execPath, [script], { stdio: "ignore" }),
  }));
  const lock = (name: string, pid: number | undefined): void => {
    mkdirSync(join(state, name), { recursive: true });
    writeFileSync(join(state, name, "lock.json"), JSON.stringify({ pid, connectionString: `of ${name}` }));
  };
  try {
    const find = (start?: string) => findRunningStart({ state, start });
    assert.throws(() => find(), /No npm start is running below /);
    lock("one", starts[0]?.child.pid);
    lock("gone", 2 ** 22 - 1);
    assert.equal(find().connectionString, "of one");
    lock("two", starts[1]?.child.pid);
    assert.throws(() => find(), /choose one with --start one or two/);
    assert.equal(find("two").connectionString, "of two");
    assert.throws(() => find("gone"), /No npm start is running in gone /);
  } finally {
    for (const { child } of starts) child.kill("SIGKILL");
    rmSync(state, { recursive: true });
  }
});
