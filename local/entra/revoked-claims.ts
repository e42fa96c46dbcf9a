/**
 * The claims by which a service asks for a token newer than the revoked one (continuous access evaluation), in base64 as
 * they stand in `WWW-Authenticate`. Without them a client goes on with the revoked token out of its cache.
 *
 * @param now milliseconds since 1970
 */
export function toRevokedClaims(now: number): string {
  const value = String(Math.floor(now / 1000));
  return Buffer.from(JSON.stringify({ access_token: { nbf: { essential: true, value } } })).toString("base64");
}
