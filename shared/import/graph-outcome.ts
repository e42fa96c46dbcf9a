import { NoCompleteAnswer, RequestNotSent } from "../graph/graph.ts";
import type { GraphFault } from "../graph/graph-fault.ts";
import type { Ambiguous, CreateOutcome, Optional, Trouble } from "./mailbox.ts";

/** The user has no mailbox that the app could use. */
const noMailboxCodes = new Set([
  "MailboxNotEnabledForRESTAPI",
  "MailboxNotSupportedForRESTAPI",
  "ErrorInvalidUser",
  "ErrorNonExistentMailbox",
  "ResourceNotFound",
  "Request_ResourceNotFound",
]);
const folderGoneCodes = new Set(["ErrorItemNotFound", "ErrorFolderNotFound", "ErrorParentFolderNotFound"]);
const quotaCodes = new Set(["ErrorQuotaExceeded", "ErrorMessageSizeExceededQuota"]);
/** Statuses that say that the request as such is no good; only together with a code, for a proxy knows none. */
const refusals = new Set([400, 405, 406, 411, 413, 414, 415, 422]);
const gatewayStatuses = new Set([408, 502, 504]);
/** Codes that take a refusal back: the same request may be taken later. */
const passing =
  /transient|busy|timeout|temporar|throttl|unavailable|inprogress|failover|insufficientresources|toomany|connectionfailed/i;

/**
 * What an answer other than success says of a creation. Unknown is ambiguous: taking it for "not done" would import the
 * item twice, taking it for "done" would lose it, while being in doubt costs a wait and two look-ups.
 *
 * @param message Graph's own words, for the names of properties in them only.
 */
export function toCreateOutcome(fault: GraphFault, message: string): CreateOutcome {
  const trouble = toTrouble(fault);
  if (trouble !== undefined) return trouble;
  const { status, code } = fault;
  // Taken for an item's own fault, a deleted folder would fail every item of the mailbox.
  if ((status === 404 || status === 400) && folderGoneCodes.has(code)) return { type: "folder-gone" };
  // Taken for ambiguous, an item that Graph will never take would be looked for and sent again for a day.
  if (isRefusal(fault)) {
    return {
      type: "refused",
      reason: toWord(`refused:${status}:${code}`),
      becauseOf: toCulprits(`${code} ${message}`),
    };
  }
  return toAmbiguous(fault);
}

/** Whether it says, in Graph's own words, that the request as such is no good, whenever it is sent. */
export function isRefusal({ status, code }: GraphFault): boolean {
  return refusals.has(status) && code !== "" && !passing.test(code);
}

/** What an answer says of every request to the mailbox; undefined when it speaks of this one only, or not clearly. */
export function toTrouble({ status, code, retryAfterInMs }: GraphFault): Trouble | undefined {
  // The one answer after which sending again is safe by contract: the request was turned away at the door. Coming back
  // before the time makes Graph throttle for longer.
  if (status === 429) return { type: "throttled", ...(retryAfterInMs === undefined ? {} : { retryAfterInMs }) };
  // Graph sends it as 403 and as 507. Taken for passing, a full mailbox would be tried for ever and nobody told.
  if (quotaCodes.has(code)) return { type: "blocked", reason: "quota-exceeded", code };
  // Our token, not this mailbox: blocking would fail thousands of items for an expired secret.
  if (status === 401) return { type: "unauthorised" };
  // Taken for a folder that is gone, a missing mailbox would be asked for one again and again.
  if (status >= 400 && status < 500 && noMailboxCodes.has(code)) return { type: "blocked", reason: "no-mailbox", code };
  // Out of the app's scope: a matter of configuration. Without a code it may be some proxy's page, which proves nothing.
  if (status === 403 && code !== "") return { type: "blocked", reason: "access-denied", code: toWord(code) };
  return undefined;
}

/**
 * A 5xx is no proof that nothing was stored. 502, 504, 408 and whatever bears no code of Graph's are a gateway's word:
 * Exchange may be at work still, so they do not count as an answer that ends the request.
 */
function toAmbiguous({ status, code, retryAfterInMs }: GraphFault): Ambiguous {
  return {
    type: "ambiguous",
    wasAnswered: code !== "" && !gatewayStatuses.has(status),
    because: toWord(code === "" ? `status:${status}` : `status:${status}:${code}`),
    ...(retryAfterInMs === undefined ? {} : { retryAfterInMs }),
  };
}

/** What the lack of an answer says. @throws whatever else was thrown. */
export function toNoAnswerOutcome(error: unknown): Ambiguous | Trouble {
  // Taken for ambiguous, an hour without Entra would put every item in doubt.
  if (error instanceof RequestNotSent) return { type: error.reason === "no-token" ? "unauthorised" : "unreachable" };
  // Graph can store the item and lose the reply: taken for "not done", it would come twice.
  if (error instanceof NoCompleteAnswer) return { type: "ambiguous", wasAnswered: false, because: error.reason };
  throw error;
}

/** A static word out of a code: what reaches ledger and log must not be able to hold more than that. */
export function toWord(text: string): string {
  return text.replace(/[^A-Za-z0-9._:-]/g, "_").slice(0, 100);
}

/** 400s because of these have been seen (facts of other importers): the item is then sent once more without them. */
function toCulprits(words: string): Optional[] {
  const culprits: Optional[] = [];
  if (/internet\s?message\s?id/i.test(words)) culprits.push("internetMessageId");
  if (
    /\b(sender|replyTo)\b|InvalidSender|['"`[/]from['"`\]/]|\bfrom (property|field|address)|(property|field|value (of|for)) from\b/i.test(
      words,
    )
  ) {
    culprits.push("sender");
  }
  return culprits;
}
