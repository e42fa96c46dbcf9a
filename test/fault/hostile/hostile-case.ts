import type { Connector } from "../../../shared/config/connector.ts";
import type { Mail } from "./mail.ts";
import type { Keys } from "./make/keys.ts";

/** Stands in every chat word of a hostile file: no reason, log line, error, queue message, state or report may hold it. */
export const word = "zqword";
/** Stands in every name and address of a person: reports may list people, nothing else outside the content may. */
export const person = "zqname";
/** Stands in the name of a file inside of an archive: the file's record and reports may hold it, nothing else may. */
export const fileName = "zqfile";

/** What must become of a hostile file. */
export type Expected =
  | {
      /** "incomplete": it was looked for again until the tries were used up. */
      readonly state: "rejected" | "incomplete";
      readonly code: string;
      /** Where the fault is, in bytes. */
      readonly offset?: number;
      /** What the sentence for the operator must say besides. */
      readonly says?: RegExp;
    }
  /** Put aside in one way or the other: for damage at a place that differs from run to run. */
  | { readonly state: "refused" }
  | {
      readonly state: "verified";
      readonly items: number;
      /** Files of an archive that no item names. @default 0 */
      readonly unclaimed?: number;
      /** Looks at the items in the sender's mailbox, in the file's order. */
      readonly mails?: (mails: readonly Mail[]) => void;
    };

/** One hostile file, and what must become of it. */
export interface HostileCase {
  /** A sentence: what is wrong with the file. */
  readonly name: string;
  /** Its name on the site. */
  readonly file: string;
  readonly bytes: (keys: Keys) => Uint8Array | string | Promise<Uint8Array | string>;
  /** Whether the connector takes plain, encrypted, or encrypted and signed files. @default "none" */
  readonly encryption?: "none" | "pgp" | "pgp-signed";
  readonly connector?: Partial<Connector>;
  readonly expected: Expected;
  /** Most time of the processor that it may take. @default 10,000 */
  readonly longestInMs?: number;
  /** Runs in the long tier only. */
  readonly isHeavy?: true;
}

/** The cases of one kind. */
export interface HostileKind {
  readonly kind: string;
  readonly cases: readonly HostileCase[];
}

/** A case of a file that must be put aside. */
export function refused(
  name: string,
  file: string,
  bytes: HostileCase["bytes"],
  code: string,
  more: Partial<HostileCase> & { readonly offset?: number; readonly says?: RegExp } = {},
): HostileCase {
  const { offset, says, ...others } = more;
  const expected: Expected = {
    state: "rejected",
    code,
    ...(offset === undefined ? {} : { offset }),
    ...(says === undefined ? {} : { says }),
  };
  return { name, file, bytes, expected, ...others };
}

/** A case of a file that seems cut: it is looked for again, and put aside in the end. */
export function cut(
  name: string,
  file: string,
  bytes: HostileCase["bytes"],
  code = "truncated",
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name, file, bytes, expected: { state: "incomplete", code }, ...more };
}

/** A case of a file that must be taken, odd as it is. */
export function taken(
  name: string,
  file: string,
  bytes: HostileCase["bytes"],
  items: number,
  mails?: (mails: readonly Mail[]) => void,
  more: Partial<HostileCase> & { readonly unclaimed?: number } = {},
): HostileCase {
  const { unclaimed, ...others } = more;
  const expected: Expected = {
    state: "verified",
    items,
    ...(mails === undefined ? {} : { mails }),
    ...(unclaimed === undefined ? {} : { unclaimed }),
  };
  return { name, file, bytes, expected, ...others };
}

/** A case of a file that must be put aside, whatever for. */
export function refusedSomehow(
  name: string,
  file: string,
  bytes: HostileCase["bytes"],
  more: Partial<HostileCase> = {},
): HostileCase {
  return { name, file, bytes, expected: { state: "refused" }, ...more };
}

/** The same case in the long tier, because it takes a second or more. */
export function heavy(hostile: HostileCase): HostileCase {
  return { longestInMs: 60_000, ...hostile, isHeavy: true };
}
