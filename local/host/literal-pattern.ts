/** A text as the source of a regular expression that matches exactly it. */
export function toLiteralPattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
