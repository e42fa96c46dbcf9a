import type { EndingAction, FaultRule, ParsedFaultRule, SpoiltBody } from "./fault-rule.ts";
import { faultRuleSchema } from "./fault-rule.ts";
import type { StandInRequest } from "./stand-in-request.ts";

/** What befalls one request. */
export interface Misfortune {
  readonly delayBeforeInMs: number;
  readonly delayAfterInMs: number;
  /** Filters must not see what is younger than this. */
  readonly staleAgeInMs: number;
  /** Ends the request before anything is done. */
  readonly before?: EndingAction;
  /** Ends the request after everything is done: the write has happened and the client does not learn of it. */
  readonly after?: EndingAction;
  /** The answer is sent, with its body spoilt. */
  readonly spoilt?: SpoiltBody;
}

/** A rule in force, and how often it has hit. */
export interface FaultInForce {
  readonly id: string;
  readonly rule: ParsedFaultRule;
  readonly matched: number;
  readonly hits: number;
}

/** The faults of one stand-in. They can be added and removed while it runs. */
export interface FaultPlan {
  /**
   * Puts a fault in force.
   *
   * @throws ZodError when the rule is no rule, SyntaxError when its path is no regular expression
   */
  add(rule: FaultRule): FaultInForce;
  /** Ends a fault; false when there is none of that id. */
  remove(id: string): boolean;
  clear(): void;
  list(): readonly FaultInForce[];
  /** What the rules in force do to this request. Counts as one matching request for each rule that matches. */
  meet(request: StandInRequest): Misfortune;
}

interface Entry {
  id: string;
  rule: ParsedFaultRule;
  path: RegExp | undefined;
  random: () => number;
  matched: number;
  hits: number;
}

/** Makes a plan. Rules apply in the order in which they were added; the first that ends a request wins. */
export function createFaultPlan(rules: readonly FaultRule[] = []): FaultPlan {
  const entries = new Map<string, Entry>();
  let made = 0;
  const plan: FaultPlan = {
    add(rule) {
      made += 1;
      const entry = toEntry(`fault-${made}`, rule);
      entries.set(entry.id, entry);
      return entry;
    },
    remove: (id) => entries.delete(id),
    clear: () => entries.clear(),
    list: () => [...entries.values()],
    meet: (request) => toMisfortune([...entries.values()].filter((entry) => hits(entry, request))),
  };
  for (const rule of rules) plan.add(rule);
  return plan;
}

function toEntry(id: string, input: FaultRule): Entry {
  const rule = faultRuleSchema.parse(input);
  const path = rule.match.path === undefined ? undefined : new RegExp(rule.match.path);
  return { id, rule, path, random: createRandom(rule.seed), matched: 0, hits: 0 };
}

function hits(entry: Entry, request: StandInRequest): boolean {
  if (!matches(entry, request)) return false;
  entry.matched += 1;
  if (!isTheTurnOf(entry)) return false;
  entry.hits += 1;
  return true;
}

function matches({ rule: { match }, path }: Entry, request: StandInRequest): boolean {
  if (match.method !== undefined && match.method !== request.method) return false;
  if (path !== undefined && !path.test(request.target)) return false;
  if (match.bodyHas === undefined) return true;
  const body = request.json();
  return body !== undefined && match.bodyHas.every((name) => body[name] !== undefined);
}

function isTheTurnOf({ rule: { nth, first, rate }, matched, random }: Entry): boolean {
  if (nth !== undefined && !(Array.isArray(nth) ? nth.includes(matched) : nth === matched)) return false;
  if (first !== undefined && matched > first) return false;
  return rate === undefined || random() < rate;
}

function toMisfortune(entries: readonly Entry[]): Misfortune {
  let [delayBeforeInMs, delayAfterInMs, staleAgeInMs] = [0, 0, 0];
  let before: EndingAction | undefined;
  let after: EndingAction | undefined;
  let spoilt: SpoiltBody | undefined;
  for (const { action } of entries.map(({ rule }) => rule)) {
    if (action.kind === "spoil") spoilt ??= action.body;
    else if (action.kind === "stale") staleAgeInMs = Math.max(staleAgeInMs, action.ageInMs);
    else if (action.kind === "delay" && action.afterTheWrite) delayAfterInMs += action.delayInMs;
    else if (action.kind === "delay") delayBeforeInMs += action.delayInMs;
    else if (action.afterTheWrite) after ??= action;
    else before ??= action;
  }
  return {
    delayBeforeInMs,
    delayAfterInMs,
    staleAgeInMs,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(spoilt === undefined ? {} : { spoilt }),
  };
}

/** Mulberry32, by Tommy Ettinger (public domain): the same seed hits the same requests in every run. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
