import type { Rates } from "./fit-days.ts";
import { deadlines, type Place } from "./place.ts";
import { type DayInput, toDay } from "./scale-day.ts";
import { type DayTime, type Invocation, predictDay } from "./scale-model.ts";

/** How large a drop of one connector can be before one of its invocations takes too long. */
export interface LargestDrop {
  readonly invocation: Invocation;
  /** In items. */
  readonly items: number;
  readonly deadlineInSeconds: number;
}

const itemsEachMailbox = 500;
const most = 1e10;

/** For each invocation that grows with the drop. Half of its time is kept in reserve: the core may be slower, the line too. */
export function findLargestDrops(rates: Rates, place: Place, reserve = 0.5): LargestDrop[] {
  const invocations: Invocation[] = ["download", "verify", "open", "people", "partition", "close"];
  return invocations.map((invocation) => {
    const deadlineInSeconds = invocation === "download" ? deadlines.download : deadlines.invocation;
    const fits = (items: number): boolean =>
      predictDay(rates, toDay(toInput(items)), place).longest[invocation] <= deadlineInSeconds * reserve;
    return { invocation, deadlineInSeconds, items: findLast(fits) };
  });
}

/** A firm of that size, by the shape of the larger days: 500 items a mailbox. */
function toInput(items: number): DayInput {
  return { items, mailboxes: Math.max(1, Math.round(items / itemsEachMailbox)) };
}

/** The largest number that fits, to within a thousandth. */
function findLast(fits: (items: number) => boolean): number {
  let [low, high] = [1, most];
  while (high / low > 1.001) {
    const middle = Math.sqrt(low * high);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** The same day shared out to several connectors of one app: their drops go side by side through everything but Graph. */
export function splitDay(rates: Rates, input: DayInput, connectors: number, place: Place): DayTime {
  const share = { ...input, items: Math.ceil(input.items / connectors) };
  const one = predictDay(rates, toDay(share), place);
  const whole = predictDay(rates, toDay(input), place);
  const stages = one.stages.map((stage, i) => (stage.stage === "import" ? (whole.stages[i] ?? stage) : stage));
  return { ...one, stages, seconds: stages.reduce((sum, { seconds }) => sum + seconds, 0), bound: whole.bound };
}
