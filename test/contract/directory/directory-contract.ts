import assert from "node:assert/strict";
import { test } from "node:test";
import { type MailboxAddress, mailboxAddress, type ObjectId, objectId } from "../../../shared/chat/identifiers.ts";
import type { Directory } from "../../../shared/directory/directory.ts";

/** A user as both directories can be told of one. */
export interface ContractPerson {
  readonly oid: ObjectId;
  readonly upn: string;
  readonly mail?: string;
  readonly proxyAddresses?: readonly string[];
  readonly displayName?: string;
  /** @default "ok" */
  readonly mailbox?: "ok" | "none" | "out-of-scope";
}

/** A directory under test and what may happen around it. */
export interface ContractSetting {
  readonly directory: Directory;
  /** Makes a user's mailbox anew. */
  recreate(oid: ObjectId): void;
  /** From now on every question fails. */
  goAway(): void;
  close(): Promise<void>;
}

/** An address, checked. */
export function address(text: string): MailboxAddress {
  return mailboxAddress.parse(text);
}

/** An object id that ends in `n`. */
export function oid(n: number): ObjectId {
  return objectId.parse(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
}

const jane: ContractPerson = {
  oid: oid(1),
  upn: "jdoe@corp.example",
  mail: "jane.doe@bank.example",
  proxyAddresses: ["SMTP:jane.doe@bank.example", "smtp:jd@bank.example"],
  displayName: "Jane Doe",
};

const people: readonly ContractPerson[] = [
  jane,
  { oid: oid(2), upn: "moved@bank.example", mail: "new@bank.example", proxyAddresses: ["SMTP:main@old.example"] },
  { oid: oid(3), upn: "o'neil+desk&co@bank.example", mail: "pat.o'neil@bank.example" },
  { oid: oid(4), upn: "guest_firm.example#EXT#@bank.example", mail: "guest@firm.example", mailbox: "none" },
  { oid: oid(5), upn: "twin1@bank.example", mail: "twin@bank.example" },
  { oid: oid(6), upn: "twin2@bank.example", mail: "twin@bank.example" },
  { oid: oid(7), upn: "secret@bank.example", mailbox: "out-of-scope" },
];

/** What every directory does. `setUp` makes a fresh one that has these people. */
export function directoryContract(
  name: string,
  setUp: (people: readonly ContractPerson[]) => Promise<ContractSetting>,
): void {
  async function withSetting(run: (setting: ContractSetting) => Promise<void>): Promise<void> {
    const setting = await setUp(people);
    try {
      await run(setting);
    } finally {
      await setting.close();
    }
  }

  async function ask(text: string): Promise<unknown> {
    let answer: unknown;
    await withSetting(async ({ directory }) => {
      const found = await directory.find(address(text));
      answer = typeof found === "string" ? found : [found.user.oid, found.mailbox.state];
    });
    return answer;
  }

  for (const [kind, text, expected] of [
    ["a user principal name", "jdoe@corp.example", [oid(1), "ok"]],
    ["a user principal name in other case", "JDoe@Corp.Example", [oid(1), "ok"]],
    ["a main address", "jane.doe@bank.example", [oid(1), "ok"]],
    ["a main address in other case", "Jane.DOE@bank.example", [oid(1), "ok"]],
    ["a further address (smtp:)", "jd@bank.example", [oid(1), "ok"]],
    ["a main proxy address (SMTP:)", "main@old.example", [oid(2), "ok"]],
    ["a user principal name with quote, plus and ampersand", "o'neil+desk&co@bank.example", [oid(3), "ok"]],
    ["a main address with a quote", "pat.o'neil@bank.example", [oid(3), "ok"]],
    ["a guest's user principal name", "guest_firm.example#EXT#@bank.example", [oid(4), "none"]],
    ["the address of a guest, who has no mailbox", "guest@firm.example", [oid(4), "none"]],
    ["an address that two users have", "twin@bank.example", "ambiguous"],
    ["a user out of the app's scope", "secret@bank.example", [oid(7), "out-of-scope"]],
    ["nobody's address", "nobody@bank.example", "unknown"],
    ["nobody's address with letters that look like a filter", "x'or'1'eq'1@bank.example", "unknown"],
  ] as const) {
    test(`${name}: ${kind}`, async () => {
      assert.deepEqual(await ask(text), expected);
    });
  }

  test(`${name}: a user is described by main address and name`, () =>
    withSetting(async ({ directory }) => {
      const found = await directory.find(address("jd@bank.example"));
      assert.ok(typeof found === "object");
      const { oid: id, displayName, mail } = jane;
      assert.deepEqual(found.user, { oid: id, address: mail, displayName });
    }));

  test(`${name}: a mailbox keeps its root until it is made anew`, () =>
    withSetting(async ({ directory, recreate }) => {
      const rootId = async (): Promise<string> => {
        const found = await directory.find(address(jane.upn));
        assert.ok(typeof found === "object" && found.mailbox.state === "ok");
        return found.mailbox.rootId;
      };
      const first = await rootId();
      assert.equal(await rootId(), first);
      recreate(jane.oid);
      assert.notEqual(await rootId(), first);
    }));

  test(`${name}: a directory that is away makes the question fail, and nobody unknown`, () =>
    withSetting(async ({ directory, goAway }) => {
      goAway();
      for (const text of [jane.upn, "nobody@bank.example"]) await assert.rejects(directory.find(address(text)));
    }));

  test(`${name}: a caller that gave up gets no answer`, () =>
    withSetting(async ({ directory }) => {
      await assert.rejects(directory.find(address(jane.upn), AbortSignal.abort()));
    }));
}
