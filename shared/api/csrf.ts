import type { HttpAsk } from "./http-message.ts";
import { ApiProblem } from "./problem.ts";

/** Sent with every change by the page and by scripts; no form and no link of another site can send it. */
export const ownHeader = { name: "x-icechat", value: "1" } as const;

const reading = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses changes that another site's page makes a signed-in admin's browser ask for (OWASP, cross-site request forgery:
 * Fetch Metadata, then Origin, and a header that a foreign page may not set). Scripts send neither of the first two.
 * @throws ApiProblem (403)
 */
export function refuseForeign(ask: HttpAsk): void {
  if (reading.has(ask.method)) return;
  const { headers, url } = ask;
  if (headers.get(ownHeader.name) !== ownHeader.value) {
    throw foreign(`Send the header ${ownHeader.name}: ${ownHeader.value} with every change.`);
  }
  const site = headers.get("sec-fetch-site");
  const origin = headers.get("origin");
  if (site === "same-origin" || (site === null && (origin === null || isOwn(origin, url)))) return;
  throw foreign("Changes are taken from the app's own page only.");
}

/** Behind a front end that ends TLS the address may be told as http. */
function isOwn(origin: string, url: URL): boolean {
  return origin === url.origin || origin === `https://${url.host}`;
}

function foreign(detail: string): ApiProblem {
  return new ApiProblem("foreign-origin", detail);
}
