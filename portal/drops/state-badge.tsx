import { Badge, type BadgeProps } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { DropRow } from "../../shared/api/contract/drops.ts";
import type { ItemRow, MailboxRow, ReportView } from "../../shared/api/contract/generations.ts";
import { texts } from "../texts.ts";

type Color = NonNullable<BadgeProps["color"]>;

/** A state as a word on a tint: the word alone tells it, the colour only helps to find it. */
function Tinted({ color, text }: { readonly color: Color; readonly text: string }): ReactNode {
  return (
    <Badge appearance="tint" color={color} size="large">
      {text}
    </Badge>
  );
}

/** State of a drop. */
export function DropStateBadge({ state }: Pick<DropRow, "state">): ReactNode {
  return <Tinted color={toDropColor(state)} text={texts.words.state[state]} />;
}

function toDropColor(state: DropRow["state"]): Color {
  if (state === "closed") return "success";
  if (state === "held") return "warning";
  return state === "unreadable" ? "danger" : "brand";
}

const fileColors: Readonly<Record<ReportView["files"][number]["state"], Color>> = {
  listed: "informative",
  fetched: "brand",
  verified: "success",
  rejected: "danger",
  duplicate: "informative",
  incomplete: "warning",
};

/** State of a file. */
export function FileStateBadge({ state }: { readonly state: ReportView["files"][number]["state"] }): ReactNode {
  return <Tinted color={fileColors[state]} text={texts.words.fileState[state]} />;
}

const mailboxColors: Readonly<Record<MailboxRow["state"], Color>> = {
  pending: "informative",
  running: "brand",
  waiting: "warning",
  done: "success",
  blocked: "danger",
  unreadable: "danger",
};

/** State of a mailbox run. */
export function MailboxStateBadge({ state }: Pick<MailboxRow, "state">): ReactNode {
  return <Tinted color={mailboxColors[state]} text={texts.words.mailboxState[state]} />;
}

const outcomeColors: Readonly<Record<ItemRow["outcome"], Color>> = {
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
  return <Tinted color={outcomeColors[outcome]} text={texts.words.outcome[outcome]} />;
}
