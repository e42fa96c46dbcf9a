import { BlockList, isIP, isIPv6 } from "node:net";
import type { HttpAsk } from "./http-message.ts";

const names = new Set(["localhost", "127.0.0.1", "[::1]"]);

const addresses = new BlockList();
addresses.addSubnet("127.0.0.0", 8, "ipv4");
addresses.addAddress("::1", "ipv6");

/** Only what forwards a call to somebody else sends these. */
const ofProxies = ["forwarded", "via", "x-real-ip", "x-original-host", "cf-connecting-ip", "x-azure-clientip"] as const;

/** What x-forwarded-... headers may say on one machine; by any other of that family a call counts as forwarded. */
const harmless: Readonly<Record<string, (value: string) => boolean>> = {
  "x-forwarded-for": isLoopbackAddress,
  "x-forwarded-host": isLoopbackHost,
  "x-forwarded-proto": () => true,
  "x-forwarded-port": () => true,
  "x-forwarded-prefix": () => true,
};

/**
 * Whether a call was sent to the machine itself by the machine itself, as far as headers tell. A page elsewhere whose name
 * is made to lead here (DNS rebinding) names its own host. A tunnel or proxy can put the machine's own name in its place, but
 * tells for whom it calls. Core Tools pass a caller's headers on as they are; the host's own forwarding to the worker adds
 * x-forwarded-... headers about itself (azure-functions-host: ScriptInvocationRequestTransformer), so these are read, and are
 * not refused for being there.
 */
export function isOverLoopback({ url, headers }: Pick<HttpAsk, "headers" | "url">): boolean {
  if (!names.has(url.hostname) || !isLoopbackHost(headers.get("host") ?? "localhost")) return false;
  if (ofProxies.some((name) => headers.has(name))) return false;
  return [...headers].every(([name, value]) => !name.startsWith("x-forwarded-") || isHarmless(name, value));
}

/** A header that came several times, or through several proxies, is a list. */
function isHarmless(name: string, value: string): boolean {
  return value.split(",").every((part) => harmless[name]?.(part.trim()) ?? false);
}

function isLoopbackHost(host: string): boolean {
  return names.has(host.replace(/:\d+$/, "").toLowerCase());
}

/** With or without a port: `127.0.0.1`, `127.0.0.1:50123`, `::1`, `[::1]:50123`. */
function isLoopbackAddress(value: string): boolean {
  const bare = isIP(value) === 0 ? value.replace(/:\d+$/, "").replace(/^\[|\]$/g, "") : value;
  return isIP(bare) !== 0 && addresses.check(bare, isIPv6(bare) ? "ipv6" : "ipv4");
}
