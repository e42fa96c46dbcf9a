/** As tools print it: with or without the name in front, with a padding behind, or as a line of ssh-keygen -l. */
export function toFingerprint(text: string): string {
  const [found] = /SHA256:[A-Za-z0-9+/]{43}/.exec(text) ?? [];
  if (found !== undefined) return found;
  const bare = text.trim().replace(/=+$/, "");
  return /^[A-Za-z0-9+/]{43}$/.test(bare) ? `SHA256:${bare}` : bare;
}

/**
 * The fingerprints that a person can vouch for: the one that ICE gave, where it was given, else each that was shown. None
 * where ICE's is not among those shown.
 */
export function listCandidates(shown: readonly string[], given: string): readonly string[] {
  return given.trim() === "" ? shown : shown.filter((fingerprint) => fingerprint === toFingerprint(given));
}

/**
 * The fingerprints that a person vouches for, each by a tick of its own. Somebody in between can pass one of the server's
 * keys on and show an own one of another kind, which would be trusted for ever if it came along with the one that was
 * compared.
 */
export function chooseConfirmed(
  shown: readonly string[],
  given: string,
  compared: ReadonlySet<string>,
): readonly string[] {
  return listCandidates(shown, given).filter((fingerprint) => compared.has(fingerprint));
}
