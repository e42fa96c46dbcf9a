import { type DirectoryUsers, oldAddress, primaryAddress } from "./directory-users.ts";
import type { CastKind, CastMember, DirectoryUser } from "./sample-types.ts";

/** What of a person depends on how he or she is mapped. */
export interface KindParts {
  readonly members: readonly Pick<CastMember, "spellings" | "email" | "byImId" | "byEmail" | "unmapped">[];
  /** Lines of the mapping CSV: ImId, mailbox. */
  readonly mapping: readonly (readonly [string, string])[];
}

interface KindInput {
  readonly imId: string;
  readonly displayName: string;
  readonly users: DirectoryUsers;
  /** A user of the directory with a disabled mailbox. */
  readonly disabled: DirectoryUser;
  /** Changes from person to person, to vary what may vary. */
  readonly turn: number;
}

/** Kinds of people in our firm that are rare, in the order in which a cast gets one of each. */
export const rareKinds = [
  "both",
  "csv",
  "mail",
  "upn",
  "proxy",
  "both-differ",
  "alias",
  "unknown-address",
  "imid-in-other-case",
  "mailbox-none",
  "mailbox-disabled",
  "no-address",
  "csv-wrong",
  "imid-is-email",
  "csv-disabled",
  "csv-wrong-only",
] as const satisfies readonly CastKind[];

/** Kinds of people in our firm that are common. */
export const commonKinds = [
  "both",
  "csv",
  "mail",
  "both",
  "upn",
  "csv",
  "both",
  "proxy",
] as const satisfies readonly CastKind[];

type Maker = (input: KindInput) => KindParts;

const makers: Record<(typeof rareKinds)[number], Maker> = {
  both: (p) => mappedBoth(p),
  csv: ({ imId, displayName, users, turn }) => {
    const user = users.add(displayName);
    return { members: [{ spellings: [imId], byImId: user }], mapping: [[imId, anyAddress(user, turn)]] };
  },
  upn: (p) => byEmail(p, (user) => user.userPrincipalName),
  mail: (p) => byEmail(p, primaryAddress),
  proxy: (p) => byEmail(p, oldAddress),
  "both-differ": ({ imId, displayName, users }) => {
    const user = users.add(displayName);
    const former = users.add(`${displayName} (former)`);
    const member = { spellings: [imId] as const, email: primaryAddress(former), byImId: user, byEmail: former };
    return { members: [member], mapping: [[imId, primaryAddress(user)]] };
  },
  alias: ({ imId, displayName, users }) => {
    const user = users.add(displayName);
    const first = { spellings: [imId] as const, email: primaryAddress(user), byEmail: user };
    const second = { spellings: [`${imId}.ldn`] as const, email: oldAddress(user), byEmail: user };
    return { members: [first, second], mapping: [] };
  },
  "csv-wrong": (p) => csvMisses(p, `gone.${p.imId}@northgate-energy.example`),
  "csv-disabled": (p) => csvMisses(p, primaryAddress(p.disabled)),
  "csv-wrong-only": ({ imId }) => ({
    members: [{ spellings: [imId], unmapped: "mapping-names-no-mailbox" }],
    mapping: [[imId, `left.${imId}@northgate-energy.example`]],
  }),
  "imid-is-email": ({ imId, displayName, users, turn }) => {
    const user = users.add(displayName);
    const own = `${imId}@iceim.example`;
    if (turn % 2 === 1)
      return { members: [{ spellings: [own], byImId: user }], mapping: [[own, primaryAddress(user)]] };
    const address = primaryAddress(user);
    return { members: [{ spellings: [address], email: address, byEmail: user }], mapping: [] };
  },
  "imid-in-other-case": ({ imId, displayName, users }) => {
    const user = users.add(displayName);
    const usual = `${imId}é`;
    const spellings = [usual, usual.toUpperCase(), usual.normalize("NFD")] as const;
    return { members: [{ spellings, byImId: user }], mapping: [[capitalised(usual), primaryAddress(user)]] };
  },
  "unknown-address": ({ imId }) => ({
    members: [{ spellings: [imId], email: `${imId}@former-employer.example`, unmapped: "unknown-user" }],
    mapping: [],
  }),
  "no-address": ({ imId }) => ({ members: [{ spellings: [imId], unmapped: "no-address" }], mapping: [] }),
  "mailbox-none": (p) => withoutMailbox(p, p.users.add(p.displayName, "none")),
  "mailbox-disabled": (p) => withoutMailbox(p, p.users.add(p.displayName, "disabled")),
};

/** Makes what depends on the kind: identities in chat, the directory's user, lines of the mapping. */
export function toKindParts(kind: (typeof rareKinds)[number], input: KindInput): KindParts {
  return makers[kind](input);
}

function mappedBoth({ imId, displayName, users, turn }: KindInput): KindParts {
  const user = users.add(displayName);
  const member = { spellings: [imId] as const, email: primaryAddress(user), byImId: user, byEmail: user };
  return { members: [member], mapping: [[imId, anyAddress(user, turn)]] };
}

function byEmail({ imId, displayName, users, turn }: KindInput, address: (user: DirectoryUser) => string): KindParts {
  const user = users.add(displayName);
  const email = turn % 3 === 0 ? address(user).toUpperCase() : address(user);
  return { members: [{ spellings: [imId], email, byEmail: user }], mapping: [] };
}

function csvMisses({ imId, displayName, users }: KindInput, named: string): KindParts {
  const user = users.add(displayName);
  return { members: [{ spellings: [imId], email: primaryAddress(user), byEmail: user }], mapping: [[imId, named]] };
}

function withoutMailbox({ imId }: KindInput, user: DirectoryUser): KindParts {
  return { members: [{ spellings: [imId], email: primaryAddress(user), unmapped: "no-mailbox" }], mapping: [] };
}

function anyAddress(user: DirectoryUser, turn: number): string {
  return [primaryAddress(user), user.userPrincipalName, oldAddress(user)][turn % 3] ?? primaryAddress(user);
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
