import { folded } from "../chat/chat-item.ts";
import type { MappingNote } from "../chat/people.ts";
import type { Mapping } from "./mapping.ts";
import type { MappingFault } from "./mapping-line.ts";
import type { ResolvedPeople } from "./resolve-people.ts";

/**
 * The lines of a mapping that were used, or passed over, and should be mended: those that repeat an earlier one, and those
 * that name no valid mailbox for somebody who is in the drop. By line, ascending.
 */
export function toMappingNotes(
  mapping: Mapping | undefined,
  repeated: readonly MappingFault[],
  { people, warnings }: Pick<ResolvedPeople, "people" | "warnings">,
): MappingNote[] {
  const notes = new Map<number, MappingNote>();
  for (const { line, firstLine } of repeated) {
    notes.set(line, { line, reason: "repeated", ...(firstLine === undefined ? {} : { firstLine }) });
  }
  for (const { kind, number, reason } of warnings) {
    if (kind !== "mapping") continue;
    const imId = people.persons[number]?.participant.imId;
    const line = imId === undefined ? undefined : mapping?.entries.get(folded(imId))?.line;
    if (line !== undefined) notes.set(line, { line, reason });
  }
  return [...notes.values()].sort((a, b) => a.line - b.line);
}
