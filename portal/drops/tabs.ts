import type { texts } from "../texts.ts";

/** A part of a drop's page. */
export type DropTab = keyof (typeof texts)["drop"]["tabs"];

/** Address of a part of a drop's page. */
export function toDropAddress(
  drop: string,
  tab: DropTab = "overview",
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams(tab === "overview" ? more : { tab, ...more });
  return `/drops/${encodeURIComponent(drop)}${query.size === 0 ? "" : `?${query}`}`;
}
