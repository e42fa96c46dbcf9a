import type { ParseContext, StoredContent } from "./profile.ts";

/** A member of the archive in which a chat file came, by its path there. */
export interface ArchiveMember {
  readonly path: string;
  readonly content: StoredContent;
}

/**
 * Finds files that lie beside a chat file: by their path from its folder, else from the archive's root, else by the end
 * of their path where just one file fits, since exporters name absolute paths and archives are packed flat; else by the
 * shown name in the chat file's folder. A name in another folder is another file: a guess would archive the wrong one
 * as sent. Paths are only looked up and never opened, so `../../etc/passwd` finds nothing.
 */
export function toAttachmentIndex(
  chatFilePath: string,
  members: readonly ArchiveMember[],
): ParseContext["attachmentAt"] {
  const folder = toSegments(chatFilePath).slice(0, -1).join("/");
  const files = members.map(({ path, content }) => ({ segments: toSegments(path), content }));
  const byPath = new Map(files.map(({ segments, content }) => [segments.join("/"), content]));
  // By last segment first: a day's archive may hold thousands of files, and each is looked for among all.
  const byName = Map.groupBy(files, ({ segments }) => segments.at(-1) ?? "");
  return (path, userFileName) => {
    const wanted = toSegments(path);
    const exact = byPath.get(toSegments(`${folder}/${path}`).join("/")) ?? byPath.get(wanted.join("/"));
    if (exact !== undefined) return exact;
    const alike = (byName.get(wanted.at(-1) ?? "") ?? []).filter(({ segments }) => endAlike(segments, wanted));
    if (alike.length > 0) return alike.length === 1 ? alike[0]?.content : undefined;
    const shown = toSegments(userFileName ?? "").at(-1);
    return shown === undefined ? undefined : byPath.get(toSegments(`${folder}/${shown}`).join("/"));
  };
}

/** A path's parts, with `.` and `..` resolved; a `..` that leads out of the archive is kept, and so finds nothing. */
function toSegments(path: string): string[] {
  const resolved: string[] = [];
  for (const part of path.normalize("NFC").split(/[\\/]/)) {
    if (part === "" || part === ".") continue;
    if (part === ".." && resolved.length > 0 && resolved.at(-1) !== "..") resolved.pop();
    else resolved.push(part);
  }
  return resolved;
}

/** Whether the shorter path is the end of the longer one. */
function endAlike(one: readonly string[], other: readonly string[]): boolean {
  const length = Math.min(one.length, other.length);
  return one.slice(-length).join("/") === other.slice(-length).join("/");
}
