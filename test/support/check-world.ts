import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createWiring, type Stages } from "../../functions/wiring.ts";
import type { SiteFaults } from "../../local/sftp/faults.ts";
import { type RunningSftpSite, startSftpSite } from "../../local/sftp/start-sftp-site.ts";
import { type StandIns, startStandIns } from "../../local/stand-ins/start-stand-ins.ts";
import { trustCertificate } from "../../local/tls/trust-certificate.ts";
import { type CheckId, checkId } from "../../shared/chat/identifiers.ts";
import { type Connector, connector as connectorSchema } from "../../shared/config/connector.ts";
import { generatePgpKeys } from "../../shared/decrypt/pgp-keys.ts";
import { type CheckDocument, checkDocument, toCheckDocument } from "../../shared/pipeline/check/check-document.ts";
import { createCredential } from "../../shared/secrets/credential.ts";
import { secretName } from "../../shared/secrets/secret-name.ts";
import { VaultSecrets } from "../../shared/secrets/vault-secrets.ts";
import { paths } from "../../shared/store/paths.ts";
import { createDocument, putDocument, readDocument } from "../../shared/store/state-document.ts";
import { acme, connectorOf } from "./pipeline-world.ts";
import { createRecordingLog, type RecordingLog } from "./recording-log.ts";
import { type StorageBehindProxy, startStorageBehindProxy } from "./storage-behind-proxy.ts";

const password = "correct horse";
const trace = { trace: "a".repeat(32), span: "b".repeat(16) };

/** Who is in the directory. */
export const inScope = "ann@contoso.com";
export const outOfScope = "boss@contoso.com";

/** The app with everything it needs, over the wire: what `func start` would have, in this process. */
export interface CheckWorld {
  readonly storage: StorageBehindProxy;
  readonly standIns: StandIns;
  readonly site: RunningSftpSite;
  readonly siteFaults: SiteFaults;
  readonly secrets: VaultSecrets;
  readonly log: RecordingLog;
  /** The connector that works. */
  readonly connector: Connector;
  save(connector: Connector): Promise<void>;
  /** The app's functions, with these settings changed. */
  wire(changed?: Readonly<Record<string, string | undefined>>): Stages;
  /** Asks for a check, as the command line does. */
  ask(asked?: NonNullable<CheckDocument["asked"]>): Promise<CheckId>;
  read(check: CheckId): Promise<CheckDocument | undefined>;
  /** Asks for a check and has the app make it: one line for each finding, `status area[ about]: text -> todo`. */
  check(changed?: Readonly<Record<string, string | undefined>>, asked?: CheckDocument["asked"]): Promise<string[]>;
  /** Undoes every fault. A check without the connector is quicker. */
  mend(wanted?: { readonly connector: boolean }): Promise<void>;
  close(): Promise<void>;
}

/** Starts it. All is well in it until a test spoils something. */
export async function startCheckWorld(): Promise<CheckWorld> {
  const folder = await mkdtemp(join(tmpdir(), "check-"));
  const environmentBefore = { ...process.env };
  const directory = [
    { id: "ann", userPrincipalName: inScope },
    { id: "boss", userPrincipalName: outOfScope },
    { id: "gone", userPrincipalName: "gone@contoso.com", mailbox: "none" as const },
  ];
  const siteFaults: SiteFaults = {};
  const [storage, standIns, site] = await Promise.all([
    startStorageBehindProxy({}),
    startStandIns({ folder, directory }),
    startSite(folder, siteFaults),
  ]);
  trustCertificate(standIns.tls);
  Object.assign(process.env, standIns.environment);
  const credential = createCredential({ authorityHost: standIns.entra.url, hasInstanceDiscovery: false });
  const secrets = new VaultSecrets({ credential, vaultUrl: standIns.keyVault.url, verifiesChallenge: false });
  const { blobs } = storage.sound;
  const log = createRecordingLog();
  const connector = connectorOf({
    site: connectorSchema.shape.site.parse({
      host: site.host,
      port: site.port,
      user: site.user,
      hostKeys: site.fingerprints,
      folder: "/",
    }),
    encryption: { type: "pgp", keys: [1], signers: [] },
  });
  const settings = {
    AzureWebJobsStorage: storage.connectionString,
    ENTRA_AUTHORITY_HOST: standIns.entra.url,
    ENTRA_INSTANCE_DISCOVERY: "false",
    KEY_VAULT_URI: standIns.keyVault.url,
    KEY_VAULT_CHALLENGE_VERIFICATION: "false",
    GRAPH_ENDPOINT: standIns.graph.url,
    BLOB_TRIGGER_SOURCE: "LogsAndContainerScan",
    LOCK_SECONDS: "15",
    SFTP_CONNECT_SECONDS: "5",
    SFTP_SILENCE_SECONDS: "5",
  };
  const world: CheckWorld = {
    ...{ storage, standIns, site, siteFaults, secrets, log, connector },
    save: async (next) =>
      void (await putDocument(blobs, paths.connector(next.name), connectorSchema, () => next, { writer: "test" })),
    wire: (changed = {}) => createWiring({ ...settings, ...standIns.environment, ...changed })({ log, trace }),
    ask: async (asked = { inScope, outOfScope }) => {
      const check = checkId.parse(randomUUID());
      const document = toCheckDocument(Date.now(), asked);
      await createDocument(blobs, paths.check(check), checkDocument, document, { writer: "test" });
      return check;
    },
    read: async (check) => (await readDocument(blobs, paths.check(check), checkDocument))?.value,
    check: async (changed, asked) => {
      const check = await world.ask(asked);
      await world.wire(changed).checkUp({ v: 1, runId: check, check });
      return ((await world.read(check))?.findings ?? []).map(toLine);
    },
    mend: async ({ connector: hasConnector } = { connector: true }) => {
      storage.blobProxy.plan();
      storage.queueProxy.plan();
      for (const one of [standIns.entra, standIns.keyVault, standIns.graph]) one.faults.clear();
      standIns.entra.tokens.grant(["User.Read.All"]);
      standIns.graph.people.change("ann", { isInScope: true, mailbox: "ok" });
      standIns.graph.people.change("boss", { isInScope: false, mailbox: "ok" });
      for (const name of Object.keys(siteFaults)) Reflect.deleteProperty(siteFaults, name);
      await blobs.remove(paths.fetch(acme));
      await blobs.remove(paths.mapping(acme));
      if (hasConnector) await world.save(connector);
      else await blobs.remove(paths.connector(acme));
      await secrets.set(secretName(acme, "sftp-password"), password);
    },
    close: async () => {
      process.env = environmentBefore;
      await Promise.all([storage.stop(), standIns.close(), site.close()]);
      await rm(folder, { recursive: true });
    },
  };
  const { privateKey } = await generatePgpKeys({ kind: "curve25519" });
  await secrets.set(secretName(acme, "pgp-private-key-1"), privateKey);
  await world.mend();
  return world;
}

async function startSite(folder: string, faults: SiteFaults): Promise<RunningSftpSite> {
  const root = join(folder, "site");
  await mkdir(root);
  await writeFile(join(root, "day.xml.pgp"), "a");
  await writeFile(join(root, "day.xml.pgp.md5"), "b");
  await writeFile(join(root, "notes.txt"), "c");
  return await startSftpSite({ root, user: "ACME01", password, stateDir: join(folder, "keys"), faults });
}

function toLine({ status, area, about, text, todo }: CheckDocument["findings"][number]): string {
  return `${status} ${area}${about === undefined ? "" : ` ${about}`}: ${text}${todo === undefined ? "" : ` -> ${todo}`}`;
}
