import type { SampleStay, Script } from "./sample-types.ts";

/** Cuts a conversation in two, as a source does that splits its files: who is there at the cut leaves and comes again. */
export function cutScript(script: Script, entriesInFirst: number): readonly [Script, Script] {
  const step = script.unit === "s" ? 1_000 : 1;
  const endsAt = script.entries[entriesInFirst - 1]?.at ?? script.startsAt;
  const startsAt = endsAt + step;
  const isFirst = ({ at }: { at: number }): boolean => at <= endsAt;
  const first = {
    ...script,
    endsAt,
    stays: clipped(script.stays, script.startsAt, endsAt),
    entries: script.entries.filter(isFirst),
  };
  const entries = script.entries.filter((entry) => !isFirst(entry));
  return [first, { ...script, startsAt, stays: clipped(script.stays, startsAt, script.endsAt), entries }];
}

function clipped(stays: readonly SampleStay[], start: number, end: number): SampleStay[] {
  return stays.flatMap(({ member, from, to }) => {
    const [cutFrom, cutTo] = [Math.max(from ?? start, start), Math.min(to ?? end, end)];
    return cutFrom > cutTo ? [] : [{ member, from: cutFrom, to: cutTo }];
  });
}
