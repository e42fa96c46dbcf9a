import { type Changes, listSettingPaths } from "./settings.ts";

/** What is not saved yet, from before a reload of this tab. Settings only: no password and no key is ever kept. */
export function keptChanges(key: string): Changes {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(toName(key)) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    return Object.fromEntries(listSettingPaths(kept).map((path) => [path, Reflect.get(kept, path)]));
  } catch {
    // Another version of the page wrote it, or the browser keeps nothing: then nothing was kept.
    return {};
  }
}

/** Keeps what is not saved, until it is. */
export function keepChanges(key: string, changes: Changes): void {
  const name = toName(key);
  try {
    if (Object.keys(changes).length === 0) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(changes));
  } catch (error) {
    // A browser that keeps nothing, or is full: the values are still in the form.
    if (!(error instanceof DOMException)) throw error;
  }
}

function toName(key: string): string {
  return `icechat:unsaved:${key}`;
}
