import type { ReactNode } from "react";
import type { DropRow } from "../../shared/api/contract/drops.ts";
import type { ItemRow, MailboxRow, ReportView } from "../../shared/api/contract/generations.ts";
import { Tint, type TintColor } from "../parts/tint.tsx";
import { texts } from "../texts.ts";

/** State of a drop. */
export function DropStateBadge({ state }: Pick<DropRow, "state">): ReactNode {
  return <Tint color={toDropColor(state)} text={texts.words.state[state]} />;
}

function toDropColor(state: DropRow["state"]): TintColor {
  if (state === "closed") return "success";
  if (state === "held") return "warning";
  return state === "unreadable" ? "danger" : "brand";
}

const fileColors: Readonly<Record<ReportView["files"][number]["state"], TintColor>> = {
  listed: "informative",
  fetched: "brand",
  verified: "success",
  rejected: "danger",
  duplicate: "informative",
  incomplete: "warning",
};

/** State of a file. */
export function FileStateBadge({ state }: { readonly state: ReportView["files"][number]["state"] }): ReactNode {
  return <Tint color={fileColors[state]} text={texts.words.fileState[state]} />;
}

const mailboxColors: Readonly<Record<MailboxRow["state"], TintColor>> = {
  pending: "informative",
  running: "brand",
  waiting: "warning",
  done: "success",
  blocked: "danger",
  unreadable: "danger",
};

/** State of a mailbox run. */
export function MailboxStateBadge({ state }: Pick<MailboxRow, "state">): ReactNode {
  return <Tint color={mailboxColors[state]} text={texts.words.mailboxState[state]} />;
}

const outcomeColors: Readonly<Record<ItemRow["outcome"], TintColor>> = {
  imported: "success",
  partial: "warning",
  skipped: "informative",
  failed: "danger",
  open: "brand",
  unmapped: "warning",
  "out-of-scope": "informative",
};

/** What became of an item. */
export function OutcomeBadge({ outcome }: Pick<ItemRow, "outcome">): ReactNode {
  return <Tint color={outcomeColors[outcome]} text={texts.words.outcome[outcome]} />;
}
