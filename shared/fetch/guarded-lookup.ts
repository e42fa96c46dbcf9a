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

/** The machine itself: RFC 1122, section 3.2.1.3, and RFC 4291, sections 2.5.3 and 2.5.5.1 (in it IPv4 addresses, too). */
const ownMachine = new BlockList();
ownMachine.addSubnet("127.0.0.0", 8, "ipv4");
ownMachine.addSubnet("::", 96, "ipv6");
ownMachine.addSubnet("64:ff9b::7f00:0", 104, "ipv6");

/** Says whether an IP address, in any of its spellings, may be an SFTP site's. */
export type MayBeSite = (address: string) => boolean;

/** What else may be no site, beside the platform's own addresses. */
export interface Reach {
  /** Whether a site may be on the machine itself. In Azure the platform's services for the app listen there. */
  readonly toOwnMachine: boolean;
  /** Further addresses where a service of the platform's is. */
  readonly except?: readonly string[];
}

/** Makes the judge of addresses. What is no IP address is no site's. */
export function toMayBeSite({ toOwnMachine, except = [] }: Reach): MayBeSite {
  const lists = toOwnMachine ? [neverSites] : [neverSites, ownMachine];
  const others = new BlockList();
  for (const address of except) if (isIP(address) !== 0) others.addAddress(address, familyOf(address));
  return (address) => {
    const [bare = ""] = address.split("%");
    return isIP(bare) !== 0 && ![...lists, others].some((list) => list.check(bare, familyOf(bare)));
  };
}

/** On a laptop: everything but the platform's own addresses. */
export const anywhereButThePlatform: MayBeSite = toMayBeSite({ toOwnMachine: true });

/** An error like the network's own, so that it is told as any host that cannot be reached. */
export function toUnreachable(): Error {
  return Object.assign(new Error("No SFTP site is at such an address."), { code: "EHOSTUNREACH" });
}

/**
 * Resolves a name as Node does, without the addresses where no site can be. It looks at what is connected to, not at the
 * name, so that neither a name that leads there nor one that changes after a look helps.
 */
export function toGuardedLookup(mayBeSite: MayBeSite): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, "", 0);
      const sites = found.filter(({ address }) => mayBeSite(address));
      const [first] = sites;
      if (first === undefined) return done(toUnreachable(), "", 0);
      if (options.all === true) done(null, sites);
      else done(null, first.address, first.family);
    });
  };
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}
