/** Longest difference at which a name may be a slip of the pen. */
const mostEdits = 2;

/**
 * The known name that an unknown one was probably meant to be: the same but for case and punctuation, or but for two letters,
 * or else one that begins with the same word. Undefined when it looks like none of ours.
 */
export function toClosest(name: string, known: readonly string[]): string | undefined {
  const bare = toBare(name);
  const ranked = known
    .map((one) => ({ one, edits: countEdits(bare, toBare(one)) }))
    .sort((a, b) => a.edits - b.edits || a.one.localeCompare(b.one));
  const [best] = ranked;
  if (best === undefined) return undefined;
  if (best.edits <= mostEdits) return best.one;
  const word = firstWord(name);
  if (word === undefined) return undefined;
  return ranked.find(({ one }) => firstWord(one) === word && one.includes("_"))?.one;
}

function toBare(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, "").toUpperCase();
}

/** Names that begin with such a word are ours; BLOB, KEY or SECRET alone could be anybody's. */
const anybodys = new Set(["BLOB", "KEY", "SECRET", "LOCK"]);

function firstWord(name: string): string | undefined {
  const word = name.split("_")[0]?.toUpperCase() ?? "";
  return anybodys.has(word) ? undefined : word;
}

/** Letters to put in, take out or change (Levenshtein, 1965). */
function countEdits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (const [i, letter] of one.split("").entries()) {
    const next = [i + 1];
    for (const [j, otherLetter] of other.split("").entries()) {
      const changed = (row[j] ?? 0) + (letter === otherLetter ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
