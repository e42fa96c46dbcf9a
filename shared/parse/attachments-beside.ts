import type { ParseContext, StoredContent } from "./profile.ts";

/** A member of the archive in which a chat file came, by its path there. */
export interface ArchiveMember {
  readonly path: string;
  readonly content: StoredContent;
}

/**
 * Finds files that lie beside a chat file: by their path from the archive's root, by their path from the chat file's
 * folder, or by their base name if only one member has it, since some exporters flatten the folders. Paths are only
 * looked up in the list of members and never opened, so `../../etc/passwd` finds nothing.
 */
export function toAttachmentIndex(
  chatFilePath: string,
  members: readonly ArchiveMember[],
): ParseContext["attachmentAt"] {
  const folder = toSegments(chatFilePath).slice(0, -1).join("/");
  const byPath = new Map(members.map((member) => [toSegments(member.path).join("/"), member.content]));
  const byBaseName = new Map<string, StoredContent | "several">();
  for (const { path, content } of members) {
    const name = toSegments(path).at(-1) ?? "";
    byBaseName.set(name, byBaseName.has(name) ? "several" : content);
  }
  const onlyOne = (name: string | undefined): StoredContent | undefined => {
    const found = name === undefined ? undefined : byBaseName.get(name);
    return found === "several" ? undefined : found;
  };
  return (path, userFileName) => {
    const segments = toSegments(path);
    const beside = byPath.get(toSegments(`${folder}/${path}`).join("/")) ?? byPath.get(segments.join("/"));
    return beside ?? onlyOne(segments.at(-1)) ?? onlyOne(userFileName);
  };
}

/** A path's parts, with `.` and `..` resolved; a `..` that leads out of the archive is kept, and so finds nothing. */
function toSegments(path: string): string[] {
  const resolved: string[] = [];
  for (const part of path.split(/[\\/]/)) {
    if (part === "" || part === ".") continue;
    if (part === ".." && resolved.length > 0 && resolved.at(-1) !== "..") resolved.pop();
    else resolved.push(part);
  }
  return resolved;
}
