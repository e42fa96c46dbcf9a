/** A time as a page shows it: UTC, to the second. */
export function toTime(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

/** A size as a person reads it. */
export function toSize(sizeInBytes: number): string {
  if (sizeInBytes < 1024) return `${sizeInBytes} B`;
  if (sizeInBytes < 1024 ** 2) return `${(sizeInBytes / 1024).toFixed(1)} KB`;
  return `${(sizeInBytes / 1024 ** 2).toFixed(1)} MB`;
}

/** A whole number with its thousands apart. */
export function toCount(count: number): string {
  return count.toLocaleString("en");
}
