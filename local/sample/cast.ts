import { commonKinds, rareKinds, toKindParts } from "./cast-kinds.ts";
import { Crowd } from "./crowd.ts";
import { DirectoryUsers } from "./directory-users.ts";
import { counterparties, firstNames, lastNames, oddNames, ourFirm, toLocalPart } from "./names.ts";
import { Random } from "./random.ts";
import type { CastMember, DirectoryUser } from "./sample-types.ts";

/** Everyone in a sample, and what the firm's admin and the directory know of them. */
export interface Cast {
  readonly members: readonly CastMember[];
  /** People of our firm by how much they chat. */
  readonly insiders: Crowd;
  /** Counterparties by how much they chat. */
  readonly outsiders: Crowd;
  readonly directory: readonly DirectoryUser[];
  /** The mapping file: CSV, header `ImId,Mailbox`. */
  readonly mapping: string;
}

/** Makes a cast with `users` people of our firm (at least 1) and some counterparties for them. */
export function makeCast(seed: string, users: number): Cast {
  const random = new Random(`${seed}/cast`);
  const directory = new DirectoryUsers(random);
  const lines: (readonly [string, string])[] = [];
  const insiders = makeInsiders(random, directory, users, lines);
  const outsiders = makeOutsiders(random, directory, Math.max(4, Math.ceil(users * 0.6)));
  for (let n = 0; n <= users / 20; n += 1) {
    const bystander = directory.add(`Bystander ${n + 1}`);
    lines.push([`nochat${n + 1}`, bystander.userPrincipalName]);
  }
  return {
    members: [...insiders, ...outsiders],
    insiders: new Crowd(random.shuffled(insiders)),
    outsiders: new Crowd(random.shuffled(outsiders)),
    directory: directory.list(),
    mapping: `ImId,Mailbox\n${lines.map((line) => line.map(toCsvField).join(",")).join("\n")}\n`,
  };
}

function makeInsiders(random: Random, users: DirectoryUsers, count: number, lines: (readonly [string, string])[]) {
  const disabled = users.add("Former Trader", "disabled");
  const members: CastMember[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const displayName = turn % 4 === 2 ? random.pick(oddNames) : plainName(random);
    const kind = toKind(turn);
    const parts = toKindParts(kind, { imId: toImId(displayName, turn), displayName, users, disabled, turn });
    lines.push(...parts.mapping);
    for (const part of parts.members) members.push({ kind, displayName, firm: ourFirm.firm, isInside: true, ...part });
  }
  return members;
}

function toKind(turn: number) {
  const isRare = turn < rareKinds.length || turn % 12 === 11;
  const kinds = isRare ? rareKinds : commonKinds;
  return kinds[(isRare && turn >= rareKinds.length ? Math.floor(turn / 12) : turn) % kinds.length] ?? "both";
}

function makeOutsiders(random: Random, directory: DirectoryUsers, count: number): CastMember[] {
  return Array.from({ length: count }, (_, turn) => {
    const { firm, domain } = random.pick(counterparties);
    const displayName = turn % 6 === 1 ? random.pick(oddNames) : plainName(random);
    const imId = `x${toImId(displayName, turn)}`;
    const email = `${toLocalPart(displayName) || "desk"}.${turn}@${domain}`;
    const common = { displayName, firm, isInside: false };
    if (turn % 8 === 1) return { kind: "outsider-without-email", spellings: [imId], unmapped: "no-address", ...common };
    if (turn % 8 === 2)
      return { kind: "outsider-imid-is-email", spellings: [email], email, unmapped: "unknown-user", ...common };
    if (turn % 8 !== 3) return { kind: "outsider", spellings: [imId], email, unmapped: "unknown-user", ...common };
    directory.addGuest(displayName, email);
    return { kind: "guest", spellings: [imId], email, unmapped: "no-mailbox", ...common };
  });
}

function plainName(random: Random): string {
  return `${random.pick(firstNames)} ${random.pick(lastNames)}`;
}

function toImId(displayName: string, turn: number): string {
  const [first = "", ...rest] = toLocalPart(displayName)
    .replace(/[^a-z.]/g, "")
    .split(".");
  return `${first.slice(0, 1)}${(rest.at(-1) ?? "ice").slice(0, 7)}${10 + turn}`;
}

function toCsvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
