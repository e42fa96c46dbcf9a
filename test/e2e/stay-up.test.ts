import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFile, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { z } from "zod";
import { runNode } from "../support/start/run-node.ts";
import { untilGone, withStarts } from "../support/start/start-process.ts";
import { exportedMailboxes } from "./exported-mailboxes.ts";

const doctor = join(import.meta.dirname, "../../local/doctor/main.ts");
const doctorsWord = z.object({
  ok: z.boolean(),
  findings: z.array(z.object({ status: z.string(), area: z.string(), text: z.string() })),
});

const mapping = [
  "ImId,Mailbox",
  "zqann,ann.old@contoso.com",
  "zqbob,no address",
  ",eve@contoso.com",
  "zqann,bob@contoso.com",
];

const directory = [
  {
    id: "ann",
    userPrincipalName: "u1@contoso.com",
    mail: "ann@contoso.com",
    proxyAddresses: ["SMTP:ann@contoso.com", "smtp:ann.old@contoso.com"],
    displayName: "Ann Miller",
  },
  { id: "BOB_1", userPrincipalName: "bob@contoso.com", displayName: "Bob" },
  { id: "dora", userPrincipalName: "dora@contoso.com", mailbox: "disabled" },
  { id: "gus", userPrincipalName: "gus_other.example#EXT#@contoso.com", mail: "gus@other.example", mailbox: "none" },
];

const header = "ConversationId,MessageId,Timestamp,ImId,SenderEmail,RecipientEmail,Text";
const everybody = "bob@contoso.com;dora@contoso.com;gus@other.example;nobody@other.example";

/** One message by Ann, who is mapped by her ImId to an old address of hers. */
function csvOf(id: string, text: string): string {
  return `${header}\ngas-7,${id},2026-06-03T14:05:06Z,ZQANN,annie@broker.example,${everybody},${text}\n`;
}

/** In a folder of this start's own: another start builds while this one runs, and takes away what an earlier build left. */
async function expectOwnBuild(state: string): Promise<void> {
  const [world = ""] = await readdir(state);
  const built = await readdir(join(state, world, "app", "dist"));
  assert.deepEqual([built.includes("main.js"), built.includes("portal")], [true, true]);
}

/** The address that is printed shows the page, and whoever opens it may do everything. */
async function expectAdminsPage(output: string): Promise<void> {
  const [, address = ""] = /^Admin's page: (http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(output) ?? [];
  const page = await (await fetch(address)).text();
  const [, script = ""] = /<script type="module" src="([^"]+)"/.exec(page) ?? [];
  const answer = await fetch(new URL(script, address));
  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/javascript; charset=utf-8"]);
  const me = await (await fetch(new URL("/api/v1/me", address))).json();
  assert.deepEqual(me, { id: "development:admin", role: "admin", isDevelopment: true });
}

test("a start that stays up takes what comes later, goes on past a refused mailbox, and Ctrl-C ends it in order", () =>
  withStarts(async ({ folder, begin, run }) => {
    const drop = join(folder, "drop");
    await mkdir(drop);
    await writeFile(join(folder, "mapping.csv"), mapping.join("\r\n"));
    await writeFile(join(folder, "directory.json"), JSON.stringify(directory));
    await writeFile(join(drop, "first.csv"), csvOf("m1", "one"));
    await utimes(join(drop, "first.csv"), new Date("2026-06-04T01:00:00Z"), new Date("2026-06-04T01:00:00Z"));
    const kept = join(folder, "kept.json");
    const options = [
      ...["--state", join(folder, "state"), "--files", drop, "--export", kept],
      ...["--mapping", join(folder, "mapping.csv"), "--directory", join(folder, "directory.json")],
    ];
    const start = begin(options);

    await start.waitFor(/^Waiting for new files; Ctrl-C ends it\.$/m);
    expectMappingProblems(start.output());
    expectFirstDrop(start.output());
    await expectOwnBuild(join(folder, "state"));
    await expectAdminsPage(start.output());
    const second = await run(options);
    assert.equal(second.code, 1);
    assert.match(
      second.output,
      new RegExp(`^Process ${start.pid} is already running this in .*\\. End it first\\.\n$`),
    );

    await writeFile(join(drop, "second.csv"), csvOf("m2", "two"));
    await start.waitFor(/(^Drop local-\d{4}-\d\d-\d\d-1: 1 item from 1 file for 2 mailboxes$[\s\S]*){2}/m);
    const site = /its folder: ([^)]+)\)/.exec(start.output())?.[1] ?? "";
    await writeFile(join(folder, "third.csv"), csvOf("m3", "three"));
    await copyFile(join(folder, "third.csv"), join(site, "third.csv"));
    await start.waitFor(/(^ {2}available 2 = imported 2 \+ partial 0 \+ skipped 0 \+ failed 0$[\s\S]*){3}/m);

    await control(start.output(), "users/bob_1", { isInScope: false });
    await writeFile(join(drop, "fourth.csv"), csvOf("m4", "four"));
    await start.waitFor(/^ {2}available 2 = imported 1 \+ partial 0 \+ skipped 0 \+ failed 1$/m);
    await start.waitFor(/^! mailbox bob_1\.0: 1 item not imported: Graph refuses .* \(403\)\. Give the app access/m);

    await expectDoctor(join(folder, "state"));
    const children = start.descendants();
    start.interrupt();
    const { code, output } = await start.ended;
    assert.equal(code, 0, output);
    assert.match(output, /^Ending: what is running is finished first/m);
    await untilGone(children);
    await expectMailboxes(kept);
  }));

/** By then Bob's mailbox is out of the app's scope. */
async function expectDoctor(state: string): Promise<void> {
  const asDoctor = (...args: readonly string[]) => runNode(doctor, ["--state", state, ...args]);
  const well = await asDoctor("--in-scope", "ann@contoso.com", "--out-of-scope", "bob@contoso.com");
  assert.equal(well.code, 0, well.output);
  assert.match(well.output, /^ok {6}storage {4}12 containers are there$/m);
  assert.match(well.output, /^ok {6}site {7}local: host key trusted, signed in, folder listed: 4 files match$/m);
  assert.match(
    well.output,
    /^ok {6}graph {6}the mailbox given as --out-of-scope is refused \(403\): the scope holds$/m,
  );
  assert.match(well.output, /\n\n\d+ ok, 0 warnings, 0 wrong, \d+ skipped\.\n$/);
  const swapped = await asDoctor("--in-scope", "bob@contoso.com", "--out-of-scope", "ann@contoso.com", "--json");
  assert.equal(swapped.code, 1, swapped.output);
  const { ok, findings } = doctorsWord.parse(JSON.parse(swapped.output));
  assert.equal(ok, false);
  const wrong = findings.filter(({ status }) => status === "wrong").map(({ area, text }) => `${area}: ${text}`);
  assert.deepEqual(wrong, [
    "graph: the mailbox given as --in-scope is refused (403)",
    "graph: the mailbox given as --out-of-scope can be READ: the scope does not hold",
  ]);
}

/** Every bad line by its number; the good one is taken all the same. */
function expectMappingProblems(output: string): void {
  assert.match(output, /^! mapping line 3, Mailbox: this is no e-mail address such as .*; the line is left out$/m);
  assert.match(output, /^! mapping line 4, ImId: the cell is empty; the line is left out$/m);
  assert.match(
    output,
    /^! mapping line 5, ImId: an earlier line gives this ImId another mailbox \(line 2\); the line is left out$/m,
  );
  assert.equal(output.match(/^! mapping line/gm)?.length, 3);
}

function expectFirstDrop(output: string): void {
  assert.match(output, /^Drop local-2026-06-04-1: 1 item from 1 file for 2 mailboxes$/m);
  assert.match(output, /^ {2}available 2 = imported 2 \+ partial 0 \+ skipped 0 \+ failed 0$/m);
  assert.match(output, /^ {2}unmapped: 0 items that no mailbox gets; 3 people without a mailbox: /m);
  assert.match(output, /^ {4}dora@contoso\.com \(a user without a mailbox\)$/m);
  assert.match(output, /^ {4}gus@other\.example \(a user without a mailbox\)$/m);
  assert.match(output, /^ {4}nobody@other\.example \(no user of the directory\)$/m);
}

/** Tells the stand-in for Graph, whose address the terminal shows. */
async function control(output: string, path: string, change: object): Promise<void> {
  const graph = /^Graph {7}(\S+)/m.exec(output)?.[1] ?? "";
  const sent = request(`${graph}/_control/${path}`, {
    method: "POST",
    rejectUnauthorized: false,
    headers: { "content-type": "application/json" },
  });
  sent.end(JSON.stringify(change));
  const [answer] = await once(sent, "response");
  assert.equal(answer.statusCode, 204);
  answer.resume();
}

async function expectMailboxes(path: string): Promise<void> {
  const mailboxes = exportedMailboxes.parse(JSON.parse(await readFile(path, "utf8")));
  assert.deepEqual(Object.keys(mailboxes).toSorted(), ["BOB_1", "ann"]);
  for (const [user, folders] of Object.entries(mailboxes)) {
    const subjects = folders["ICE Chat"]?.map(({ subject }) => subject?.split(" - ").at(-1));
    assert.deepEqual(subjects?.toSorted(), user === "ann" ? ["four", "one", "three", "two"] : ["one", "three", "two"]);
    const senders = new Set(folders["ICE Chat"]?.map(({ from }) => from?.emailAddress.address));
    assert.deepEqual(senders, new Set(["ann@contoso.com"]));
  }
}
