/** Fetches that were asked for in this tab, by connector: when, as the app says. They outlive a reload and a change of page. */
export function noteAskedFetch(name: string, askedAt: string): void {
  try {
    sessionStorage.setItem(toKey(name), askedAt);
  } catch (error) {
    // A browser that keeps nothing, or is full: the page shows the fetch once it was tried.
    if (!(error instanceof DOMException)) throw error;
  }
}

/** When a fetch was last asked for; undefined when none was. */
export function askedFetchOf(name: string): string | undefined {
  try {
    return sessionStorage.getItem(toKey(name)) ?? undefined;
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

/** Nobody waits longer for it: by then it was tried, or what it was to be tried with is gone. */
const longestInMs = 15 * 60_000;

/** Whether a fetch was asked for and has not been tried yet. @param triedAt when the connector was last tried */
export function isFetchAwaited(askedAt: string | undefined, triedAt: string | undefined, now: number): boolean {
  if (askedAt === undefined) return false;
  const asked = Date.parse(askedAt);
  return asked > Date.parse(triedAt ?? "1970-01-01T00:00:00Z") && now - asked < longestInMs;
}

function toKey(name: string): string {
  return `icechat:asked-fetch:${name}`;
}
