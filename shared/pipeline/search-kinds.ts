/** What a text can be looked for as. */
export type SearchKind = "siteDay" | "chatDay" | "drop" | "person" | "file" | "sha256" | "key";

const day = /^\d{4}-\d{2}-\d{2}$/;
const importKey = /^[A-Za-z0-9_-]{43}$/;
const sha256 = /^[0-9a-f]{64}$/i;
const fileId = /^[0-9a-v]{20}$/;
const objectId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const startOfDrop = /^[a-z0-9][a-z0-9-]*$/;

/** What a text can be, told from its form; what has no form of its own may be a drop, a person or a file. */
export function toSearchKinds(text: string): SearchKind[] {
  if (day.test(text)) return ["siteDay", "chatDay"];
  if (sha256.test(text)) return ["sha256"];
  if (importKey.test(text)) return ["key"];
  if (fileId.test(text)) return ["file", "person"];
  if (text.includes("@") || objectId.test(text)) return ["person"];
  return startOfDrop.test(text) ? ["drop", "person", "file"] : ["person", "file"];
}

/** Whether a text can be looked for as that: what has a form of its own is looked for in that form only. */
export function canBe(kind: SearchKind, text: string): boolean {
  if (kind === "siteDay" || kind === "chatDay") return day.test(text);
  if (kind === "sha256") return sha256.test(text);
  return kind === "key" ? importKey.test(text) : true;
}
