import { lookup } from "node:dns";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";

/**
 * Where no SFTP site is, and the platform's own services are: metadata and identity endpoints are link-local (RFC 3927, RFC
 * 4291), 168.63.129.16 is Azure's virtual host. Link-local is listed behind NAT64's prefix, too (RFC 6052).
 */
const neverSites = new BlockList();
neverSites.addSubnet("0.0.0.0", 8, "ipv4");
neverSites.addSubnet("169.254.0.0", 16, "ipv4");
neverSites.addAddress("168.63.129.16", "ipv4");
neverSites.addSubnet("224.0.0.0", 3, "ipv4");
neverSites.addAddress("::", "ipv6");
neverSites.addSubnet("fe80::", 10, "ipv6");
neverSites.addSubnet("ff00::", 8, "ipv6");
neverSites.addSubnet("64:ff9b::a9fe:0", 112, "ipv6");
neverSites.addAddress("64:ff9b::a83f:8110", "ipv6");

/** Whether an IP address, in any of its spellings, may be an SFTP site's. */
export function mayBeSite(address: string): boolean {
  const [bare = ""] = address.split("%");
  if (isIP(bare) === 0) return false;
  return !neverSites.check(bare, isIPv6(bare) ? "ipv6" : "ipv4");
}

/** An error like the network's own, so that it is told as any host that cannot be reached. */
export function toUnreachable(): Error {
  return Object.assign(new Error("No SFTP site is at such an address."), { code: "EHOSTUNREACH" });
}

/**
 * Resolves a name as Node does, without the addresses where no site can be. It looks at what is connected to, not at the
 * name, so that neither a name that leads there nor one that changes after a look helps.
 */
export const guardedLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, found) => {
    if (error !== null) return done(error, "", 0);
    const sites = found.filter(({ address }) => mayBeSite(address));
    const [first] = sites;
    if (first === undefined) return done(toUnreachable(), "", 0);
    if (options.all === true) done(null, sites);
    else done(null, first.address, first.family);
  });
};
