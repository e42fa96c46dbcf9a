import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { LocalTls } from "./certificate-files.ts";

/**
 * Makes this very process trust the stand-ins, for tests and for tools that talk to them in process. A process that is
 * started later gets the same by `NODE_EXTRA_CA_CERTS`, which Node reads only at its start.
 */
export function trustCertificate({ ca }: Pick<LocalTls, "ca">): void {
  const known = getCACertificates("default");
  if (!known.includes(ca)) setDefaultCACertificates([...known, ca]);
}
