/** What an answer is, as far as its headers depend on it. */
export type AnswerKind =
  | { readonly type: "api" }
  /** A file whose name changes with its content. */
  | { readonly type: "asset" }
  /** A file whose name stays, such as an icon. */
  | { readonly type: "file" }
  | { readonly type: "page"; readonly nonce: string };

/** Nothing runs, nothing is loaded, nobody frames it: for everything that is no page. */
const inert = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** For every answer; `cache-control` may not be set by anybody else. */
const always = {
  "x-content-type-options": "nosniff",
  // For browsers that do not know frame-ancestors.
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy":
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
} as const;

/** The headers that keep a browser from doing with an answer what it is not for (OWASP Secure Headers Project). */
export function toSecurityHeaders(kind: AnswerKind, url: URL): Readonly<Record<string, string>> {
  const headers = {
    ...always,
    "content-security-policy": kind.type === "page" ? toPagePolicy(kind.nonce) : inert,
    "cache-control": toCacheControl(kind),
  };
  // RFC 6797, section 7.2: not over plain HTTP, which is a laptop.
  return url.protocol === "https:" ? { ...headers, "strict-transport-security": "max-age=31536000" } : headers;
}

/** Fluent UI's style elements bear the nonce; there is no inline script and no inline style besides. */
function toPagePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
}

function toCacheControl({ type }: AnswerKind): string {
  if (type === "asset") return "private, max-age=31536000, immutable";
  return type === "file" ? "no-cache" : "no-store";
}
