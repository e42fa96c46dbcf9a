import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openAzureStorage } from "../../shared/store/azure-storage.ts";
import type { Blobs } from "../../shared/store/blobs.ts";
import type { Queues } from "../../shared/store/queues.ts";
import { systemClock } from "../../shared/store/system-clock.ts";
import { type RunningAzurite, startAzurite } from "../azurite/azurite.ts";
import { bundle } from "../build/esbuild-bundle.ts";
import { type DirectoryUserInput, parseDirectory } from "../graph/directory-file.ts";
import { type RunningHost, startHost } from "../host/start-host.ts";
import type { SampleDrop } from "../sample/generate-drop.ts";
import { type RunningSftpSite, startSftpSite } from "../sftp/start-sftp-site.ts";
import { type StandIns, startStandIns } from "../stand-ins/start-stand-ins.ts";
import { type Followed, followDrops } from "./follow-drops.ts";
import { toLaptopSettings } from "./laptop-settings.ts";
import { type MappingChoice, readMapping } from "./mapping-file.ts";
import type { StartOptions } from "./options.ts";
import { localConnector, putSampleOnSite, seedVault, siteFolder, siteUser, toConnector, toSample } from "./prepare.ts";
import { createProgress, type Progress } from "./progress.ts";
import { saveConnector } from "./save-connector.ts";
import { copyToSite } from "./site-files.ts";
import { printWhereToLook } from "./where-to-look.ts";
import { openWorld, type World } from "./world.ts";

/** Everything that runs during a start. */
interface Running {
  readonly azurite: RunningAzurite;
  readonly site: RunningSftpSite;
  readonly standIns: StandIns;
  readonly host: RunningHost;
  readonly blobs: Blobs;
  readonly queues: Queues;
  /** When the functions were started, ms since 1970. */
  readonly startedAt: number;
}

/**
 * Starts everything one day's drop needs, follows it to its end and, unless it is to end then, stays up for more.
 * @returns the exit code: 0 when every item is accounted for and none failed
 */
export async function runStart(options: StartOptions): Promise<number> {
  const world = openWorld(options);
  const closers: (() => Promise<unknown>)[] = [];
  const progress = createProgress(process.stdout, () => performance.now());
  try {
    const running = await startAll(options, world, progress, closers);
    const followed = await follow(options, world, running, progress);
    if (options.export !== undefined) {
      await running.standIns.graph.exportTo(options.export);
      progress.say(`The mailboxes' content is in ${options.export}.`);
    }
    return followed.isGood ? 0 : 1;
  } finally {
    progress.end();
    for (const close of closers.reverse()) await close();
    world.leave();
  }
}

async function startAll(
  options: StartOptions,
  world: World,
  progress: Progress,
  closers: (() => Promise<unknown>)[],
): Promise<Running> {
  const sample = toSample(options, world);
  const mapping = await readMapping(options, sample?.mapping);
  for (const problem of mapping.problems) progress.say(`! ${problem}`);
  const directory = toDirectory(options, sample?.directory, mapping);
  const building = bundle({ entry: "functions/main.ts", outfile: "dist/main.js" });
  const azurite = await startAzurite({ folder: join(world.folder, "azurite") });
  closers.push(() => azurite.stop());
  const site = await startSftpSite({
    root: siteFolder(world),
    user: siteUser,
    password: world.facts.sitePassword,
    stateDir: join(world.folder, "site-keys"),
  });
  closers.push(() => site.close());
  const { publicKey } = await seedVault(options, world);
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
  await saveConnector(storage.blobs, await toConnector(options, site), mapping.csv);
  if (sample !== undefined && publicKey !== undefined) {
    progress.say(`Encrypting ${sample.options.messages} chat items in ${sample.files.length} files for the SFTP site.`);
    await putSampleOnSite(world, sample, publicKey);
  }
  if (options.source.type === "files") await copyToSite(options.source.folder, siteFolder(world));
  await building;
  const startedAt = Date.now();
  const host = await startFunctions(options, azurite, standIns, progress);
  closers.push(() => host.stop());
  return { azurite, site, standIns, host, startedAt, ...storage };
}

async function startFunctions(
  options: StartOptions,
  azurite: RunningAzurite,
  standIns: StandIns,
  progress: Progress,
): Promise<RunningHost> {
  const host = await startHost({
    bundle: "dist/main.js",
    settings: toLaptopSettings(azurite, standIns),
    runAtStart: ["fetchDrops"],
    onLog: (line) => {
      const told = toTold(line.message, line.level, options.verbose);
      if (told !== undefined) progress.say(told);
    },
  });
  for (const { name, error } of host.inError) progress.say(`! function ${name} is in error: ${error}`);
  return host;
}

/** What the terminal shows of a log line: what the functions themselves warn of, with its fields; all of it if asked. */
function toTold(message: string, level: string, isVerbose: boolean): string | undefined {
  if (isVerbose) return `  ${level.slice(0, 4)} ${message}`;
  if (level !== "warning" && level !== "error") return undefined;
  if (!message.startsWith("{")) return undefined;
  const { event, function: _function, invocation: _invocation, errorStack: _stack, ...fields } = JSON.parse(message);
  const facts = Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`);
  return `${level === "error" ? "!" : "-"} ${String(event)} ${facts.join(" ")}`;
}

function toDirectory(
  { directory }: StartOptions,
  ofSample: SampleDrop["directory"] | undefined,
  mapping: MappingChoice,
): readonly DirectoryUserInput[] {
  if (directory !== undefined) return parseDirectory(readFileSync(directory, "utf8"));
  return ofSample?.map((user) => ({ ...user, proxyAddresses: [...user.proxyAddresses] })) ?? mapping.usersNamed;
}

async function follow(options: StartOptions, world: World, running: Running, progress: Progress): Promise<Followed> {
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once("SIGINT", end).once("SIGTERM", end);
  void running.host.exited.then(end);
  return await followDrops({
    ...{ blobs: running.blobs, queues: running.queues, progress, connector: localConnector },
    startedAt: running.startedAt,
    isOnce: options.once,
    signal: stop.signal,
    look: async () => printWhereToLook(progress, { ...running, world, memory: await running.host.memory() }),
    bringFiles: async () => {
      if (options.source.type === "files") await copyToSite(options.source.folder, siteFolder(world));
    },
  });
}
