import type { KeyObject } from "node:crypto";
import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";

/** A server certificate for this machine and the authority that signed it, all PEM. */
export interface LocalTls {
  /** Path of the authority's certificate: what `NODE_EXTRA_CA_CERTS` of a process that shall trust the stand-ins names. */
  readonly caFile: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const FILES = { ca: "ca.pem", cert: "server.pem", key: "server-key.pem" } as const;
const LIFE_IN_MS = 365 * 86_400_000;
/** A certificate with less life than this is made anew: a run must not outlive what it started with. */
const LEAST_LIFE_IN_MS = 7 * 86_400_000;

/**
 * Reads the certificates in `folder`, or makes them where they are missing, about to expire or do not belong together.
 * The authority's private key is never written: nobody can sign further certificates that a developer's machine trusts.
 *
 * @param folder made when it does not exist; the private key in it is readable by its owner only
 * @param now milliseconds since 1970
 */
export async function loadOrMakeTls(folder: string, now: number): Promise<LocalTls> {
  const found = await readFiles(folder);
  if (found !== undefined && isUsable(found, now)) return found;
  const made = await makeCertificates(now);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The authority's file comes last: a crash in between leaves a set that does not belong together and is made anew.
  await replaceFile(join(folder, FILES.key), made.key, 0o600);
  await replaceFile(join(folder, FILES.cert), made.cert, 0o644);
  await replaceFile(join(folder, FILES.ca), made.ca, 0o644);
  return { ...made, caFile: join(folder, FILES.ca) };
}

async function readFiles(folder: string): Promise<LocalTls | undefined> {
  const [ca, cert, key] = await Promise.all([FILES.ca, FILES.cert, FILES.key].map((name) => readIfThere(folder, name)));
  if (ca === undefined || cert === undefined || key === undefined) return undefined;
  return { ca, cert, key, caFile: join(folder, FILES.ca) };
}

async function readIfThere(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, name), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function isUsable(tls: LocalTls, now: number): boolean {
  const parsed = parseSet(tls);
  if (parsed === undefined) return false;
  const { ca, cert, key } = parsed;
  const areLiving = [ca, cert].every(({ validTo }) => Date.parse(validTo) - now > LEAST_LIFE_IN_MS);
  return areLiving && cert.verify(ca.publicKey) && cert.checkPrivateKey(key);
}

function parseSet(tls: LocalTls): { ca: X509Certificate; cert: X509Certificate; key: KeyObject } | undefined {
  try {
    return { ca: new X509Certificate(tls.ca), cert: new X509Certificate(tls.cert), key: createPrivateKey(tls.key) };
  } catch {
    // Damaged: the caller makes a new set, which is what the developer wants.
    return undefined;
  }
}

async function makeCertificates(now: number): Promise<Omit<LocalTls, "caFile">> {
  const life = { notBeforeDate: new Date(now - 86_400_000), notAfterDate: new Date(now + LIFE_IN_MS) };
  const shared = { ...life, keyType: "ec", algorithm: "sha256" } as const;
  // Of two authorities with one name that a process trusts, OpenSSL tries the first only: each gets a name of its own. (A
  // comma would end the name: selfsigned reads it as a list.)
  const name = `ICE Chat archive connector local stand-ins ${randomBytes(6).toString("hex")}`;
  const authority = await generate([{ name: "commonName", value: name }], {
    ...shared,
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: "commonName", value: "localhost" }], {
    ...shared,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: localNames() },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}

function localNames(): { type: 2 | 7; value?: string; ip?: string }[] {
  return [
    { type: 2, value: "localhost" },
    { type: 7, ip: "127.0.0.1" },
    { type: 7, ip: "::1" },
  ];
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const partial = `${path}.new`;
  await writeFile(partial, text, { mode });
  await rename(partial, path);
}
