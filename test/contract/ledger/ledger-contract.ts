import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { mailboxId, toChatDay } from "../../../shared/chat/identifiers.ts";
import { Ledger, LedgerFault, LedgerWriter, listLedgerLines } from "../../../shared/import/ledger.ts";
import { type ItemLine, toGeneration, toSource } from "../../../shared/import/ledger-line.ts";
import type { Blobs } from "../../../shared/store/blobs.ts";
import { paths } from "../../../shared/store/paths.ts";
import { ids, keyOf, sentAt } from "../../support/import-world.ts";

const day = toChatDay(sentAt);
const generation = toGeneration(ids.drop, 1);
const from = toSource(ids.file, 3);

/** A mailbox that no other test has. */
function newMailbox() {
  return mailboxId.parse(`${randomUUID()}.0`);
}

/** An intent. */
export function intent(word: string, at = sentAt): ItemLine {
  return { type: "I", key: keyOf(word), at, flag: "new" };
}

/** A receipt. */
export function receipt(word: string): ItemLine {
  const rest = { marks: [], graphId: "AAMk=", at: sentAt, generation, source: from };
  return { type: "R", key: keyOf(word), outcome: "imported", ...rest };
}

/** What the ledger must do on every kind of storage. */
export function describeLedger(name: string, blobsOf: () => Blobs): void {
  const read = (mailbox: ReturnType<typeof newMailbox>, blocksPerFile = 1000) =>
    Ledger.read({ blobs: blobsOf(), blocksPerFile }, day, mailbox);

  test(`${name}: what is appended is read back as the same states, by whoever reads`, async () => {
    const mailbox = newMailbox();
    const ledger = await read(mailbox);
    const writer = new LedgerWriter("w1", 0);
    assert(await ledger.append(writer, [intent("a"), intent("b"), intent("c")]));
    const failure = { type: "X", key: keyOf("b"), reason: "refused", at: sentAt, generation, source: from } as const;
    assert(await ledger.append(writer, [receipt("a"), failure, intent("d", sentAt + 5)]));
    for (const one of [ledger, await read(mailbox)]) {
      assert.deepEqual(one.states.stateOf(keyOf("a")), {
        type: "receipt",
        outcome: "imported",
        generation,
        source: from,
      });
      assert.equal(one.states.stateOf(keyOf("b")).type, "failed");
      assert.deepEqual(one.states.stateOf(keyOf("c")), { type: "doubt", since: sentAt, wasAnswered: false });
      assert.deepEqual(one.states.stateOf(keyOf("d")), { type: "doubt", since: sentAt + 5, wasAnswered: false });
      assert.deepEqual(one.states.stateOf(keyOf("e")), { type: "none" });
    }
  });

  test(`${name}: a batch opens with writer and number, a writer's first one with its fence`, async () => {
    const mailbox = newMailbox();
    const ledger = await read(mailbox);
    const writer = new LedgerWriter("w1", 4);
    await ledger.append(writer, [intent("a")]);
    await ledger.append(writer, [receipt("a")]);
    const lines: string[] = [];
    for await (const line of listLedgerLines(blobsOf(), paths.ledger(day, mailbox, 1))) {
      lines.push(
        line.type === "B" ? `B ${line.writer} ${line.seq}` : line.type === "F" ? `F ${line.slice}` : line.type,
      );
    }
    assert.deepEqual(lines, ["B w1 0", "F 4", "I", "B w1 1", "R"]);
  });

  test(`${name}: whoever read before another wrote may not write any more, and nothing of theirs gets in`, async () => {
    const mailbox = newMailbox();
    const [first, second] = [await read(mailbox), await read(mailbox)];
    assert.equal(await first.append(new LedgerWriter("w1", 0), [intent("a")]), true);
    assert.equal(await second.append(new LedgerWriter("w2", 0), [intent("b")]), false);
    assert.equal(await second.append(new LedgerWriter("w2", 0), [intent("b")]), false);
    const { states } = await read(mailbox);
    assert.equal(states.stateOf(keyOf("b")).type, "none");
    assert.equal(second.states.stateOf(keyOf("b")).type, "none");
  });

  test(`${name}: a ledger that is begun knows that it is new; where one is there it is read`, async () => {
    const mailbox = newMailbox();
    const begin = () => Ledger.begin({ blobs: blobsOf(), blocksPerFile: 1000 }, day, mailbox);
    const first = await begin();
    assert(await first.append(new LedgerWriter("w1", 0), [intent("a")]));
    assert(await first.append(new LedgerWriter("w1", 0), [receipt("a")]));
    const second = await begin();
    assert.equal(second.states.stateOf(keyOf("a")).type, "receipt");
    assert(await second.append(new LedgerWriter("w2", 1), [intent("b")]));
    assert.equal((await read(mailbox)).states.stateOf(keyOf("b")).type, "doubt");
  });

  test(`${name}: whoever began a ledger and stood still while another wrote may not write any more`, async () => {
    const mailbox = newMailbox();
    const frozen = await Ledger.begin({ blobs: blobsOf(), blocksPerFile: 1000 }, day, mailbox);
    const other = await read(mailbox);
    assert.equal(await other.append(new LedgerWriter("w2", 0), [intent("b")]), true);
    assert.equal(await frozen.append(new LedgerWriter("w1", 0), [intent("a")]), false);
    assert.equal((await read(mailbox)).states.stateOf(keyOf("a")).type, "none");
  });

  test(`${name}: of many writers at once one gets through at each place`, async () => {
    const mailbox = newMailbox();
    const ledgers = await Promise.all(Array.from({ length: 6 }, () => read(mailbox)));
    const done = await Promise.all(
      ledgers.map((ledger, n) => ledger.append(new LedgerWriter(`w${n}`, 0), [intent(`k${n}`)])),
    );
    assert.equal(done.filter(Boolean).length, 1);
  });

  test(`${name}: a full file is closed and the next begun; all files together are read`, async () => {
    const mailbox = newMailbox();
    const ledger = await read(mailbox, 3);
    const writer = new LedgerWriter("w1", 0);
    for (let n = 0; n < 8; n += 1) assert(await ledger.append(writer, [intent(`k${n}`)]));
    for (const [file, isThere] of [
      [1, true],
      [2, true],
      [3, true],
      [4, false],
    ] as const) {
      assert.equal((await blobsOf().head(paths.ledger(day, mailbox, file))) !== undefined, isThere, `file ${file}`);
    }
    const again = await read(mailbox, 3);
    for (let n = 0; n < 8; n += 1) assert.equal(again.states.stateOf(keyOf(`k${n}`)).type, "doubt");
    assert(await again.append(new LedgerWriter("w2", 0), [receipt("k0")]));
    assert.equal((await read(mailbox, 3)).states.stateOf(keyOf("k0")).type, "receipt");
  });

  test(`${name}: who was overtaken while a file was closed is refused in it and in the next`, async () => {
    const mailbox = newMailbox();
    const [ledger, stale] = [await read(mailbox, 2), await read(mailbox, 2)];
    const writer = new LedgerWriter("w1", 0);
    for (let n = 0; n < 2; n += 1) assert(await ledger.append(writer, [intent(`k${n}`)]));
    const early = await read(mailbox, 2);
    assert(await ledger.append(writer, [intent("k2")]));
    assert.equal(await stale.append(new LedgerWriter("w2", 0), [intent("x")]), false);
    assert.equal(await early.append(new LedgerWriter("w3", 0), [intent("y")]), false);
    assert.equal(await (await read(mailbox, 2)).append(new LedgerWriter("w4", 0), [intent("z")]), true);
  });

  test(`${name}: a writer with another idea of a full file cannot slip in behind the end of a closed one`, async () => {
    const mailbox = newMailbox();
    const [small, large] = [await read(mailbox, 1), await read(mailbox, 1000)];
    assert(await small.append(new LedgerWriter("w1", 0), [intent("a")]));
    assert.equal(await large.append(new LedgerWriter("w2", 0), [intent("b")]), false);
    assert.equal(await (await read(mailbox, 1000)).append(new LedgerWriter("w3", 0), [intent("c")]), true);
    assert((await blobsOf().head(paths.ledger(day, mailbox, 2))) !== undefined);
  });

  for (const [what, text] of [
    ["a line that is none", "B\tw\t0\nQ\tnothing\n"],
    ["a key that is none", "B\tw\t0\nI\tshort\t2026-06-03T14:05:09.000Z\tnew\n"],
    ["a line too many fields long", `B\tw\t0\nI\t${keyOf("a")}\t2026-06-03T14:05:09.000Z\tnew\tmore\n`],
    ["a time that is none", `B\tw\t0\nI\t${keyOf("a")}\tyesterday\tnew\n`],
    ["a cut last line", `B\tw\t0\nI\t${keyOf("a")}\t2026-06-03T14:05:09.000Z\tne`],
    ["a last line without line feed", `B\tw\t0\nI\t${keyOf("a")}\t2026-06-03T14:05:09.000Z\tnew`],
    ["an empty line", "B\tw\t0\n\n"],
    ["a line behind the closing one", "B\tw\t0\nE\t2\nB\tw\t1\n"],
  ] as const) {
    test(`${name}: ${what} is an error that names blob and line and quotes nothing`, async () => {
      const mailbox = newMailbox();
      const path = paths.ledger(day, mailbox, 1);
      await blobsOf().createAppendable(path);
      await blobsOf().append(path, Buffer.from(text), 0);
      await assert.rejects(read(mailbox), (error) => {
        assert(error instanceof LedgerFault);
        assert.match(error.message, new RegExp(`${path.replaceAll(".", "\\.")}, line [23]: it `));
        assert(!error.message.includes(keyOf("a")) && !error.message.includes("nothing"));
        return true;
      });
    });
  }

  test(`${name}: a file that does not open with a header is an error`, async () => {
    const mailbox = newMailbox();
    const path = paths.ledger(day, mailbox, 1);
    await blobsOf().createAppendable(path);
    await blobsOf().append(path, Buffer.from("F\tw\t0\n"), 0);
    await assert.rejects(read(mailbox), /does not open with a header/);
  });

  test(`${name}: a file that was begun and never written to is an empty ledger`, async () => {
    const mailbox = newMailbox();
    await blobsOf().createAppendable(paths.ledger(day, mailbox, 1));
    const ledger = await read(mailbox);
    assert(await ledger.append(new LedgerWriter("w", 0), [intent("a")]));
  });
}
