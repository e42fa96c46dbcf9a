import { type MailboxAddress, mailboxAddress } from "../../chat/identifiers.ts";
import type { Directory, DirectoryAnswer } from "../../directory/directory.ts";
import type { PeopleLine } from "../../pipeline/people-file.ts";
import { mapAhead } from "../../store/map-ahead.ts";
import type { LineFault, LookedUp } from "../contract/mapping.ts";
import { ApiProblem } from "../problem.ts";
import { withDirectory } from "./setup-deps.ts";

/** Addresses that one call asks for: each takes up to five requests of Graph. */
const mostAsked = 100;
const atOnce = 8;
const longestInMs = 10_000;

/** Why nothing would go to an address, with what to do. */
const texts = {
  "unknown-user": "the directory knows no user of this address",
  ambiguous: "several users of the directory have this address",
  "no-mailbox": "the user of this address has no mailbox in Exchange Online",
  "out-of-scope": "the app may not use this mailbox: it is outside of what the Exchange administrator gave it",
} as const;

/**
 * Asks the directory whose the addresses of a file's lines are, as many as can be asked in front of somebody who waits: the
 * others are told by their number, and asked by a later call or with the first drop. A directory that does not answer keeps
 * nobody from seeing what is wrong with the lines themselves.
 *
 * @param from how many addresses earlier calls have asked for
 * @throws what is no fault of the directory's
 */
export async function lookUpAddresses(
  directory: Pick<Directory, "find">,
  lines: readonly PeopleLine[],
  from: number,
  signal = AbortSignal.timeout(longestInMs),
): Promise<LookedUp> {
  const linesOf = Map.groupBy(lines, ({ mailbox }) => mailbox);
  const wanted = [...linesOf.keys()].slice(from, from + mostAsked);
  const ask = async (mailbox: string) => ({ mailbox, reason: await askFor(directory, mailbox, signal) });
  const faults: LineFault[] = [];
  let asked = 0;
  let problem: string | undefined;
  try {
    for await (const { mailbox, reason } of mapAhead(wanted, atOnce, ask)) {
      asked += 1;
      if (reason !== undefined) faults.push(...(linesOf.get(mailbox) ?? []).map(({ line }) => toFault(line, reason)));
    }
  } catch (error) {
    // Those that there was no time for are told by their number.
    if (!signal.aborted) problem = toProblem(error);
  }
  const next = from + asked;
  const left = Math.max(0, linesOf.size - next);
  return {
    ...{ asked, left, faults: faults.toSorted((a, b) => a.line - b.line) },
    ...(left === 0 ? {} : { next }),
    ...(problem === undefined ? {} : { problem }),
  };
}

async function askFor(
  directory: Pick<Directory, "find">,
  mailbox: string,
  signal: AbortSignal,
): Promise<keyof typeof texts | undefined> {
  const address: MailboxAddress = mailboxAddress.parse(mailbox);
  return toReason(await withDirectory(() => directory.find(address, signal)));
}

function toReason(answer: DirectoryAnswer): keyof typeof texts | undefined {
  if (answer === "unknown") return "unknown-user";
  if (answer === "ambiguous") return "ambiguous";
  const { state } = answer.mailbox;
  return state === "ok" ? undefined : state === "none" ? "no-mailbox" : state;
}

function toFault(line: number, reason: keyof typeof texts): LineFault {
  return { line, column: "Mailbox", reason, message: texts[reason] };
}

function toProblem(error: unknown): string {
  if (error instanceof ApiProblem && error.problem === "unavailable") return error.message;
  throw error;
}
