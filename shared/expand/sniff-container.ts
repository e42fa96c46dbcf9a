/** What a file is packed in. */
export type Container = "zip" | "gzip" | "other";

/** Tells a container by its first four bytes: a zip's local header, or its end record when it is empty; gzip (RFC 1952, 2.3.1). */
export function sniffContainer(head: Uint8Array): Container {
  const [a, b, c, d] = head;
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return "zip";
  return a === 0x1f && b === 0x8b ? "gzip" : "other";
}
