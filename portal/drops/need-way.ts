import type { Need } from "../../shared/api/contract/drop-words.ts";
import { texts } from "../texts.ts";
import { toDropAddress } from "./tabs.ts";

/** Where something that needs a hand can be seen and mended. */
export interface NeedWay {
  readonly to: string;
  readonly text: string;
}

/** What means that something is not in the archive, or that nobody can tell. */
export function isGrave({ kind }: Pick<Need, "kind">): boolean {
  return ["dead", "blocked", "failed", "unbalanced", "verify", "rejected-files", "unreadable"].includes(kind);
}

/** The way to it; what an earlier generation has left is shown of that one. Undefined where there is nothing to see. */
export function toNeedWay(need: Need, drop: string, connector: string): NeedWay | undefined {
  const { tabs } = texts.drop;
  const of = need.generation === undefined ? {} : { gen: String(need.generation) };
  switch (need.kind) {
    case "dead":
      return { to: toDropAddress(drop, "dead"), text: tabs.dead };
    case "blocked":
      return { to: toDropAddress(drop, "mailboxes", { state: "blocked", ...of }), text: tabs.mailboxes };
    case "failed":
      return { to: toDropAddress(drop, "items", { outcome: "failed", ...of }), text: tabs.items };
    case "verify":
    case "misrouted":
      return { to: toDropAddress(drop, "findings", of), text: tabs.findings };
    case "rejected-files":
    case "mismatched-files":
      return { to: toDropAddress(drop, "files", of), text: tabs.files };
    case "mapping":
      return { to: `/connectors/${encodeURIComponent(connector)}/mapping`, text: texts.words.remedy.mapping };
    case "held":
    case "unbalanced":
    case "unreadable":
      return undefined;
  }
}
