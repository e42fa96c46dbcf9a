import type { SFTPWrapper } from "ssh2";

/** Bytes that the site may send before it hears from us again (RFC 4254, 5.2): what one round trip lets through. */
export const windowInBytes = 4 * 1024 * 1024;
/** A site is told of no less: each telling is a packet. */
const leastGrantInBytes = 256 * 1024;

/**
 * Lets the site go on sending. ssh2 allows 2 MiB and says so again only when half of it is used up, so that far away the
 * site stands still between two tellings; it has no setting for either. What it keeps of the channel is read and moved on
 * here; where it looks otherwise than expected nothing is done, and ssh2's own pace remains.
 */
export function openWindow(sftp: SFTPWrapper): void {
  const incoming: unknown = Reflect.get(sftp, "incoming");
  const outgoing: unknown = Reflect.get(sftp, "outgoing");
  const protocol: unknown = Reflect.get(sftp, "_protocol");
  if (!isObject(incoming) || !isObject(outgoing) || !isObject(protocol)) return;
  const [open, id] = [Reflect.get(incoming, "window"), Reflect.get(outgoing, "id")];
  const tell: unknown = Reflect.get(protocol, "channelWindowAdjust");
  if (typeof open !== "number" || typeof id !== "number" || typeof tell !== "function") return;
  const grant = windowInBytes - open;
  if (grant < leastGrantInBytes || Reflect.get(outgoing, "state") !== "open") return;
  Reflect.set(incoming, "window", open + grant);
  Reflect.apply(tell, protocol, [id, grant]);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
