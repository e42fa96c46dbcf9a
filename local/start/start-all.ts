import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openAzureStorage } from "../../shared/store/azure-storage.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import type { Queues } from "../../shared/store/queues.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { type RunningAzurite, startAzurite } from "../azurite/azurite.ts";
import { startBlobPage } from "../blob-page/start-blob-page.ts";
import { DirectoryFileError, type DirectoryUserInput, parseDirectory } from "../graph/directory-file.ts";
import { type RunningHost, startHost } from "../host/start-host.ts";
import type { SampleDrop } from "../sample/generate-drop.ts";
import { type RunningSftpSite, startSftpSite } from "../sftp/start-sftp-site.ts";
import type { Listener } from "../stand-ins/https-listener.ts";
import { type StandIns, startStandIns } from "../stand-ins/start-stand-ins.ts";
import { type BuiltApp, buildApp } from "./build-app.ts";
import { feedFolder } from "./folder-feed.ts";
import { toLaptopSettings } from "./laptop-settings.ts";
import { type MappingChoice, readMapping } from "./mapping-file.ts";
import type { StartOptions } from "./options.ts";
import { notePagePort, toPageLine, wantedPagePort } from "./page-address.ts";
import { putSampleOnSite, seedVault, siteFolder, siteUser, toConnector, toSample } from "./prepare.ts";
import type { Progress } from "./progress.ts";
import { saveConnector } from "./save-connector.ts";
import { createTeller } from "./tell-log.ts";
import type { World } from "./world.ts";
import { WrongOption } from "./wrong-option.ts";

/** Everything that runs during a start. */
export interface Running {
  readonly azurite: RunningAzurite;
  readonly site: RunningSftpSite;
  readonly standIns: StandIns;
  /** The page that shows the blobs. */
  readonly blobPage: Listener;
  readonly host: RunningHost;
  readonly blobs: Blobs;
  readonly queues: Queues;
  /** When the functions were started, ms since 1970. */
  readonly startedAt: number;
  /** Brings new files of the user's folder to the local site. */
  bringFiles(): Promise<unknown>;
}

/** What starting takes. */
export interface StartDeps {
  readonly options: StartOptions;
  readonly world: World;
  readonly progress: Progress;
  /** Takes what ends each thing that was started, also when a later one does not start. */
  readonly closers: (() => Promise<unknown>)[];
}

/**
 * Starts storage, site, stand-ins and, when everything they need is in place, the functions.
 * @throws WrongOption, DirectoryFileError, and the reason why one of them does not start
 */
export async function startAll({ options, world, progress, closers }: StartDeps): Promise<Running> {
  const sample = toSample(options, world);
  const mapping = await readMapping(options, sample?.mapping);
  for (const problem of mapping.problems) progress.say(`! ${problem}`);
  const directory = toDirectory(options, sample?.directory, mapping);
  const { publicKey } = await seedVault(options, world);
  warnIfNobodyHasAMailbox(options, progress);
  progress.show("starting storage, SFTP site and stand-ins");
  const building = buildApp(join(world.folder, "app"));
  const [azurite, site] = await startStores(world, closers);
  const standIns = await startStandIns({
    folder: world.folder,
    keepsState: true,
    clientSecret: world.facts.clientSecret,
    directory,
    ...(options.requests === undefined ? {} : { requestsFile: options.requests }),
  });
  closers.push(() => standIns.close());
  const storage = openAzureStorage({ connectionString: azurite.connectionString }, systemClock);
  await storage.createMissing();
  const blobPage = await startBlobPage({ blobs: storage.blobs });
  closers.push(() => blobPage.close());
  await saveConnector(storage.blobs, await toConnector(options, { site, world, progress }), mapping.csv);
  const bringFiles = await fillSite({ options, world, progress, sample, publicKey });
  progress.show("starting the functions");
  const app = await building;
  const startedAt = Date.now();
  const host = await startFunctions({ options, world, progress }, app, toLaptopSettings(azurite, standIns));
  closers.push(() => host.stop());
  if (!options.once) tellPage(world, host, progress);
  return { azurite, site, standIns, blobPage, host, startedAt, bringFiles, ...storage };
}

function tellPage(world: World, host: RunningHost, progress: Progress): void {
  for (const line of notePagePort(world, host.httpPort)) progress.say(line);
  progress.say(toPageLine(host));
}

async function startStores(
  world: World,
  closers: (() => Promise<unknown>)[],
): Promise<[RunningAzurite, RunningSftpSite]> {
  const azurite = await startAzurite({ folder: join(world.folder, "azurite") });
  closers.push(() => azurite.stop());
  world.noteStorage(azurite);
  const site = await startSftpSite({
    root: siteFolder(world),
    user: siteUser,
    password: world.facts.sitePassword,
    stateDir: join(world.folder, "site-keys"),
  });
  closers.push(() => site.close());
  return [azurite, site];
}

/** @returns what brings files that come later */
async function fillSite({
  options,
  world,
  progress,
  sample,
  publicKey,
}: Omit<StartDeps, "closers"> & {
  readonly sample: SampleDrop | undefined;
  readonly publicKey: string | undefined;
}): Promise<() => Promise<unknown>> {
  if (sample !== undefined && publicKey !== undefined) {
    progress.say(`Encrypting ${sample.options.messages} chat items in ${sample.files.length} files for the SFTP site.`);
    await putSampleOnSite(world, sample, publicKey);
  }
  if (options.source.type !== "files") return () => Promise.resolve();
  const feed = feedFolder(options.source.folder, siteFolder(world), Date.now);
  await feed.bring();
  // Files that were written just before the start are whole if they look the same a moment later.
  await sleep(500);
  await feed.bring();
  return () => feed.bring();
}

async function startFunctions(
  { options, world, progress }: Pick<StartDeps, "options" | "world" | "progress">,
  app: BuiltApp,
  settings: Record<string, string>,
): Promise<RunningHost> {
  const host = await startHost({
    ...app,
    // A site of the user's own is asked gently: refused sign-ins every few seconds would lock the account.
    settings: options.source.type === "sftp" ? { ...settings, FETCH_RETRY_SECONDS: "60" } : settings,
    runAtStart: ["fetchDrops"],
    // How long a killed start's work waits for the next one.
    tuning: { messageLeaseInMs: 15_000 },
    onLog: createTeller((line) => progress.say(line), options.verbose),
    // With --once nobody is told of the page.
    ...(options.once ? {} : { httpPort: wantedPagePort(world), isPortWish: true }),
  });
  for (const { name, error } of host.inError) progress.say(`! function ${name} is in error: ${error}`);
  return host;
}

function toDirectory(
  { directory }: StartOptions,
  ofSample: SampleDrop["directory"] | undefined,
  mapping: MappingChoice,
): readonly DirectoryUserInput[] {
  if (directory !== undefined) return readDirectory(directory);
  return ofSample?.map((user) => ({ ...user, proxyAddresses: [...user.proxyAddresses] })) ?? mapping.usersNamed;
}

function readDirectory(path: string): DirectoryUserInput[] {
  try {
    return parseDirectory(readFileSync(path, "utf8"));
  } catch (error) {
    if (!(error instanceof DirectoryFileError)) throw error;
    throw new WrongOption(`--directory ${path}: ${error.message}`);
  }
}

function warnIfNobodyHasAMailbox(options: StartOptions, progress: Progress): void {
  const isSample = options.source.type === "sample";
  if (isSample || options.mapping !== undefined || options.directory !== undefined) return;
  progress.say(
    "! There is neither --mapping nor --directory, so nobody has a mailbox and every item will be unmapped.",
  );
}
