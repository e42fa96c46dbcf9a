import type { Need } from "../../shared/api/contract/drop-words.ts";
import { toCountText } from "../parts/numbers.ts";
import { toFailureText, toReasonText } from "../parts/words.ts";
import { texts } from "../texts.ts";

/** What needs a hand, in one line. */
export function toNeedText({ kind, count, reason, generation }: Need): string {
  const { need, needUnit, needUnits } = texts.words;
  const many: Readonly<Record<string, string>> = needUnits;
  const text = need[kind](toCountText(count, needUnit[kind], many[kind]));
  const why = reason === undefined ? "" : `: ${kind === "failed" ? toFailureText(reason) : toReasonText(reason)}`;
  return generation === undefined ? `${text}${why}` : texts.words.needOf(`${text}${why}`, generation);
}
