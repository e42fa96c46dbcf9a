import { type Followed, followDrops } from "./follow-drops.ts";
import type { StartOptions } from "./options.ts";
import { toPageAddress } from "./page-address.ts";
import { localConnector } from "./prepare.ts";
import { createProgress, type Progress } from "./progress.ts";
import { type Running, startAll } from "./start-all.ts";
import { printWhereToLook } from "./where-to-look.ts";
import { openWorld, type World } from "./world.ts";

/**
 * Starts everything one day's drop needs, follows it to its end and, unless it is to end then, stays up for more until
 * `signal` comes.
 * @returns the exit code: 0 when every item is accounted for and none failed
 */
export async function runStart(options: StartOptions, signal: AbortSignal): Promise<number> {
  const progress = createProgress(process.stdout, () => performance.now());
  const world = await openWorld(options, (line) => progress.say(line));
  const closers: (() => Promise<unknown>)[] = [];
  const ending = (): void =>
    progress.say("Ending: what is running is finished first; Ctrl-C once more ends it at once.");
  signal.addEventListener("abort", ending, { once: true });
  try {
    const running = await startAll({ options, world, progress, closers });
    const { isGood } = await follow(options, world, running, progress, signal);
    progress.end();
    // The mailboxes are at rest only when the functions are.
    await running.host.stop();
    await exportMailboxes(options, running, progress);
    return isGood ? 0 : 1;
  } finally {
    progress.end();
    await closeAll(closers);
    world.leave();
  }
}

async function exportMailboxes(options: StartOptions, { standIns }: Running, progress: Progress): Promise<void> {
  if (options.export === undefined) return;
  await standIns.graph.exportTo(options.export);
  progress.say(`The mailboxes' content is in ${options.export}.`);
}

/** The other way round than they were started; one that does not end keeps no other from ending. */
async function closeAll(closers: (() => Promise<unknown>)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const close of closers.toReversed()) await close().catch((fault: unknown) => faults.push(fault));
  if (faults.length > 0) throw faults[0];
}

async function follow(
  options: StartOptions,
  world: World,
  running: Running,
  progress: Progress,
  signal: AbortSignal,
): Promise<Followed> {
  const broken = new AbortController();
  let isFollowing = true;
  const stopping = AbortSignal.any([signal, broken.signal]);
  const breakOff = (what: string): void => {
    if (isFollowing && !stopping.aborted)
      progress.say(`! ${what} has ended by itself; start again to go on where it stopped.`);
    broken.abort();
  };
  void running.host.exited.then(() => breakOff("the function host"));
  void running.azurite.exited.then(() => breakOff("the storage (Azurite)"));
  try {
    return await followDrops({
      ...running,
      ...{
        progress,
        now: Date.now,
        connector: localConnector,
        isOnce: options.once,
        page: options.once ? undefined : toPageAddress(running.host),
        signal: stopping,
        hasKey: options.source.type === "sample" || options.pgpKey !== undefined,
      },
      ...(options.itemLimit === undefined ? {} : { itemLimit: options.itemLimit }),
      look: async () => printWhereToLook(progress, { ...running, options, world, memory: await running.host.memory() }),
    });
  } catch (error) {
    // Without its storage or its functions following fails too, and the reason has been told.
    if (!broken.signal.aborted) throw error;
    return { isGood: false };
  } finally {
    isFollowing = false;
  }
}
