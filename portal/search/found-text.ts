import type { Found } from "../../shared/api/contract/search.ts";
import { toDropAddress } from "../drops/tabs.ts";
import { toCountText, toNumberText } from "../parts/numbers.ts";
import { toDayText } from "../parts/times.ts";
import { texts } from "../texts.ts";

/** What was found, by its name. */
export function toFoundName(found: Found): string {
  switch (found.type) {
    case "drop":
      return found.drop;
    case "file":
      return found.path;
    case "item":
      return found.key;
    case "person":
      return found.imId ?? found.displayName ?? found.email ?? found.mailbox ?? texts.drop.nobody;
  }
}

/** The part of the drop's page that shows it. */
export function toDropLink(found: Found): string {
  const gen: Readonly<Record<string, string>> =
    "generation" in found && found.generation !== undefined ? { gen: String(found.generation) } : {};
  switch (found.type) {
    case "drop":
      return toDropAddress(found.drop);
    case "file":
      return toDropAddress(found.drop, "files");
    case "item":
      return toDropAddress(found.drop, "items", { ...gen, file: found.file });
    case "person":
      if (found.as === "unmapped" || found.mailbox === undefined) return toDropAddress(found.drop, "unmapped", gen);
      return toDropAddress(found.drop, "items", { ...gen, mailbox: found.mailbox });
  }
}

/** What else is known of it, a line each. */
export function toFoundDetails(found: Found): readonly string[] {
  const { search, words } = texts;
  const as = "as" in found ? search.as[found.as] : "";
  switch (found.type) {
    case "drop":
      return [words.state[found.state], found.chatDay === undefined ? as : `${as} ${toDayText(found.chatDay)}`];
    case "file":
      return [words.fileState[found.state], as, ...(found.member === undefined ? [] : [search.member(found.member)])];
    case "item":
      return [
        toDayText(found.chatDay),
        `${found.file} ${texts.drop.positionText(toNumberText(found.position))}`,
        search.inMailboxes(toCountText(found.mailboxCount, "mailbox", "mailboxes")),
      ];
    case "person":
      return [
        as,
        ...[found.displayName, found.email, found.mailbox].filter((part) => part !== undefined),
        ...(found.reason === undefined ? [] : [words.unmapped[found.reason]]),
        ...(found.items === undefined ? [] : [toCountText(found.items, "item")]),
      ];
  }
}
