import { QueueServiceClient } from "@azure/storage-queue";
import type { DirectoryUserInput } from "../../../local/graph/directory-file.ts";
import { generatePgpKeys } from "../../../shared/decrypt/pgp-keys.ts";
import { generateSshKeys } from "../../../shared/fetch/ssh-keys.ts";
import { encryptAll, makeBadFiles, makeCsv, makeGoodFiles, type Person } from "./drop-files.ts";
import { type LeakyWorld, startLeakyWorld, type VaultContent } from "./leaky-world.ts";
import type { MarkedWords } from "./words.ts";

/** What follows a word so that JSON, HTML, URLs and XML each have to write it in their own way. */
export const signs = ` "née" <b>&\\ ✓`;

/** The connectors whose fetch cannot succeed, with the error that the log must tell. */
export const failing: Readonly<Record<string, string>> = {
  "wrong-password": "SiteError(authentication-failed)",
  "wrong-key-phrase": "SiteError(private-key-unusable)",
  "wrong-pgp-phrase": "DecryptError(passphrase-wrong)",
  "no-secret": "MissingSecret",
  "talking-folder": "SiteError(permission-denied",
};

/** Good files and bad ones, connectors that work and connectors that do not; the people are mapped in every way. */
export async function setUp(words: MarkedWords, people: readonly Person[]): Promise<LeakyWorld> {
  const secret = (): string => words.mark("secret", signs);
  const phrases = { ssh: secret(), pgp: secret() };
  const [pgp, strangers] = await Promise.all([
    generatePgpKeys({ kind: "curve25519", passphrase: phrases.pgp }),
    generatePgpKeys({ kind: "curve25519" }),
  ]);
  const ssh = await generateSshKeys({ passphrase: phrases.ssh });
  for (const key of [pgp.privateKey, strangers.privateKey, ssh.privateKey]) addKey(words, key);
  const password = secret();
  const secrets: VaultContent = [
    ...[["good", "sftp-password", password] as const, ["good", "sftp-private-key", ssh.privateKey] as const],
    ...[["good", "sftp-passphrase", phrases.ssh] as const, ["good", "pgp-private-key-1", pgp.privateKey] as const],
    ["good", "pgp-passphrase-1", phrases.pgp],
    ["wrong-password", "sftp-password", secret()],
    ["wrong-key-phrase", "sftp-private-key", ssh.privateKey],
    ["wrong-key-phrase", "sftp-passphrase", secret()],
    ["wrong-pgp-phrase", "sftp-password", password],
    ["wrong-pgp-phrase", "pgp-private-key-1", pgp.privateKey],
    ["wrong-pgp-phrase", "pgp-passphrase-1", secret()],
    ["plain", "sftp-password", password],
    ["talking-folder", "sftp-password", password],
    ["talking-file", "sftp-password", password],
  ];
  const world = await startLeakyWorld({ clientSecret: secret(), directory: toDirectory(people), secrets });
  await openSites(world, words, people, {
    password,
    sshKey: ssh.publicKey,
    pgp: pgp.publicKey,
    strangers: strangers.publicKey,
  });
  return world;
}

/** Pieces of a key's own characters, from each line. */
function addKey(words: MarkedWords, armored: string): void {
  const lines = armored.split("\n").filter((line) => /^[A-Za-z0-9+/=]{40,}\r?$/.test(line));
  for (const line of lines) words.add("secret", line.slice(4, 36));
}

function toDirectory(people: readonly Person[]): DirectoryUserInput[] {
  return people.slice(0, 4).map(({ email, name }, n) => ({
    id: `00000000-0000-4000-8000-00000000000${n}`,
    userPrincipalName: email,
    mail: email,
    displayName: name,
    mailbox: n === 3 ? "none" : "ok",
  }));
}

interface Keys {
  readonly password: string;
  readonly sshKey: string;
  readonly pgp: string;
  readonly strangers: string;
}

async function openSites(world: LeakyWorld, words: MarkedWords, people: readonly Person[], keys: Keys): Promise<void> {
  const { password } = keys;
  const some = makeBadFiles(words).filter((_, n) => n % 5 === 0);
  const sealed = await encryptAll([...makeGoodFiles(words, people), ...some], words, keys.pgp, keys.strangers);
  const guest = { password, publicKeys: [keys.sshKey] };
  const site = await world.openSite("sealed", sealed, guest);
  const open = await world.openSite("plain", [...makeGoodFiles(words, people), ...makeBadFiles(words)], { password });
  const said = `${words.mark("server", signs)} ACME01 ${password}`;
  const any = (): [string, Buffer] => [`${words.mark("site-file")}.csv`, makeCsv(words, people, 2)];
  const folder = await world.openSite("folder", [any()], { password, faults: { denyList: true, refusalText: said } });
  const file = await world.openSite("file", [any()], { password, faults: { denyRead: true, refusalText: said } });
  const often = { schedule: "*/2 * * * * *" };
  const withPgp = { encryption: { type: "pgp", keys: [1] } };
  const [first] = people;
  const mapping = `ImId,Mailbox\r\n${first?.imId},${first?.email}\r\n${words.mark("mapping")},${words.mark("mapping")}@${words.mark("mapping")}.example\r\n`;
  await world.connect("good", site, { login: "key-and-password", ...withPgp, ...often }, mapping);
  await world.connect("plain", open, often, mapping);
  await world.connect("wrong-password", site, withPgp);
  await world.connect("wrong-key-phrase", site, { login: "key", ...withPgp });
  await world.connect(
    "wrong-pgp-phrase",
    await world.openSite("sealed-too", sealed.slice(0, 2), { password }),
    withPgp,
  );
  await world.connect("no-secret", site, withPgp);
  await world.connect("talking-folder", folder, {});
  await world.connect("talking-file", file, {});
}

/** Everything that services can say too much: the request, its token and its people in the error's message or code. */
export function misbehave({ standIns }: LeakyWorld, words: MarkedWords): void {
  const { graph, entra, keyVault } = standIns;
  // People, not their folders: which of those is asked for first is a matter of luck.
  const path = {
    people: "^/v1.0/users([?]|/[^/?]+([?]|$))",
    create: "/messages$",
    vault: "^/secrets/",
    token: "/token([?]|$)",
  };
  const echo = (status: number, more: object = {}) => ({
    kind: "answer" as const,
    status,
    body: "echo" as const,
    ...more,
  });
  graph.people.change("00000000-0000-4000-8000-000000000002", { isInScope: false });
  const lookUp = { method: "GET", path: path.people };
  graph.faults.add({ match: lookUp, nth: 2, action: echo(500) });
  graph.faults.add({ match: lookUp, nth: 4, action: echo(403, { code: words.mark("server", signs) }) });
  graph.faults.add({ match: lookUp, nth: 7, action: echo(400) });
  const create = { method: "POST", path: path.create };
  graph.faults.add({ match: create, nth: 2, action: echo(400) });
  graph.faults.add({
    match: create,
    nth: 3,
    action: echo(400, { code: `ErrorInvalid ${words.mark("server", signs)}` }),
  });
  graph.faults.add({ match: create, nth: 5, action: echo(500) });
  graph.faults.add({ match: create, nth: 7, action: echo(503, { code: words.mark("server", signs) }) });
  graph.faults.add({ match: create, nth: 9, action: echo(429, { retryAfter: "1" }) });
  keyVault.faults.add({
    match: { path: path.vault },
    nth: [3, 9],
    action: echo(403, { code: words.mark("server", signs) }),
  });
  keyVault.faults.add({ match: { path: path.vault }, nth: [12], action: echo(500) });
  entra.faults.add({
    match: { path: path.token },
    nth: [1, 4],
    action: echo(400, { code: `invalid ${words.mark("server", signs)}` }),
  });
  entra.faults.add({ match: { path: path.token }, nth: [3, 6], action: echo(500) });
}

/** What has to be in the log when everything that was prepared has happened. */
const events = [
  /process\.crashed.*TypeError/,
  /VaultFault\(/,
  /"mailbox\.blocked"/,
  /"item\.(failed|degraded)".*refused:400/,
  /"item\.in-doubt".*status:50[03]/,
  /DirectoryFault\(/,
  /graph\.unauthorised|RequestNotSent\(no-token|VaultFault\([^)]*Authentication|no-token/,
  /"file\.rejected".*not-well-formed|"file\.rejected".*malformed/,
  /"file\.rejected".*tampered/,
  /"file\.rejected".*unsafe-path/,
  /"message\.dead"/,
] as const;

/** What has not happened, so that its words could not leak either. */
export function findWhatWasMissed({ standIns, lines }: LeakyWorld): string[] {
  const faults = [...standIns.graph.faults.list(), ...standIns.keyVault.faults.list(), ...standIns.entra.faults.list()];
  const unmet = faults
    .filter(({ hits }) => hits === 0)
    .map(({ rule }) => `fault ${JSON.stringify(rule.match)} ${rule.nth}`);
  const untold = events.filter((event) => !lines.some(({ message }) => event.test(message)));
  return [...unmet, ...untold.map(String)];
}

/** Puts what no stage of ours would write into every queue. @returns the texts as they lie there */
export async function putForeignMessages({ connectionString }: LeakyWorld, words: MarkedWords): Promise<string[]> {
  const service = QueueServiceClient.fromConnectionString(connectionString);
  const texts: string[] = [];
  const put = async (queue: string, text: string): Promise<void> => {
    const client = service.getQueueClient(queue);
    await client.createIfNotExists();
    await client.sendMessage(text);
    texts.push(text);
  };
  const coded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");
  const word = (): string => words.mark("foreign", signs);
  for (const queue of ["fetches", "chats", "partitions", "mailboxes"]) {
    const bare = words.mark("foreign");
    await put(queue, Buffer.from(word()).toString("base64"));
    await put(queue, coded({ id: bare, drop: word(), connector: word(), mailbox: word(), [word()]: word() }));
    await put(
      queue,
      coded({ v: 1, runId: bare, drop: "good-2026-06-04-1", gen: 1, file: word(), chunk: word(), p: word() }),
    );
  }
  await put("chats-poison", coded(word()));
  await put("webjobs-blobtrigger-poison", coded({ FunctionId: "openDropFile", BlobName: word() }));
  return texts;
}
