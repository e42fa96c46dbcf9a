import { measurePairs, toFigures } from "../measure/pairs.ts";
import type { ChildResult } from "../measure/run-child.ts";
import { type BenchContext, type Measured, meets, type Row } from "../row.ts";

const cpuTarget = { type: "at most", value: 1.3 } as const;
const rateTarget = { type: "at least", value: 0.8 } as const;

/** What both sides do: so many mailboxes of so many items, so many of them at once, against a stub of that latency. */
interface Load {
  readonly mailboxes: number;
  readonly items: number;
  readonly atOnce: number;
  readonly latencyInMs: number;
}

/** What importing costs beside the request itself: building the item, ledger, state, reading back. */
export const importCpu: Row = {
  id: "import-cpu",
  title: "import: processor time per item, against the bare Graph SDK's POST of the same body",
  target: cpuTarget,
  run: async (context) => {
    const load = { mailboxes: 4, items: context.isQuick ? 200 : 1_000, atOnce: 1, latencyInMs: 0 };
    const pairs = await measure(context, load);
    const { spread, ...figures } = toFigures(
      pairs.map(([ours, bare]) => [ours.cpuInMs / countOf(load), bare.cpuInMs / countOf(load)]),
    );
    const notes = [
      `${load.mailboxes} mailboxes of ${load.items} items one after the other, three requests at once`,
      "ours with everything: work list, ledger, state, building the item, reading the mailbox back, the result",
      "the stub of Graph and Azurite have processes of their own",
      spread,
    ];
    return { ...figures, unit: "ms", isMet: meets(cpuTarget, figures.ratio), notes };
  },
};

/** What one instance gets done with the host's four messages at once. */
export const importRate: Row = {
  id: "import-rate",
  title: "import into many mailboxes, one instance, against the bare Graph SDK with as many requests at once",
  target: rateTarget,
  run: async (context): Promise<Measured> => {
    const load = { mailboxes: 12, items: context.isQuick ? 20 : 300, atOnce: 4, latencyInMs: 25 };
    const [{ spread, ...figures }, atOnce] = [
      await rateOf(context, load),
      await rateOf(context, { ...load, latencyInMs: 0 }),
    ];
    const notes = [
      `${load.mailboxes} mailboxes of ${load.items} items, ${load.atOnce} at once, three requests each`,
      `a stub that answers after ${load.latencyInMs} ms, a tenth of what Graph is assumed to take`,
      spread,
      `against a stub that answers at once ${Math.round(atOnce.figure)} items/s to ${Math.round(atOnce.yardstick)}, ratio ${atOnce.ratio.toFixed(2)}: there it is processor time alone that counts`,
    ];
    return { ...figures, unit: "items/s", isMet: meets(rateTarget, figures.ratio), notes };
  },
};

async function rateOf(context: BenchContext, load: Load): Promise<ReturnType<typeof toFigures>> {
  const pairs = await measure(context, load);
  const rate = ({ wallInMs }: ChildResult): number => (countOf(load) / wallInMs) * 1000;
  return toFigures(pairs.map(([ours, bare]) => [rate(ours), rate(bare)]));
}

function measure(context: BenchContext, load: Load): Promise<readonly (readonly [ChildResult, ChildResult])[]> {
  const run = (isBare: boolean): Promise<ChildResult> => context.child("import-rate", { ...load, isBare });
  const options = context.isQuick ? { least: 1, most: 1 } : { budgetInMs: 20_000, least: 3, most: 5 };
  return measurePairs({ ours: () => run(false), yardstick: () => run(true) }, options);
}

function countOf({ mailboxes, items }: Load): number {
  return mailboxes * items;
}
