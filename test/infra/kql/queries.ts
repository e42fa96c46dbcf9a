import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { environments } from "../environments.ts";

const runbooks = join(import.meta.dirname, "../../../docs/runbooks");

/** A query that somebody or something runs against the workspace. */
export interface Query {
  /** Where it stands, for whoever has to mend it. */
  readonly name: string;
  readonly text: string;
}

/** An alert's query, with what raises the alert. */
export interface AlertQuery extends Query {
  readonly windowInMs: number;
  readonly everyInMs: number;
  /** More rows than this raise it. */
  readonly threshold: number;
  readonly splitBy: readonly string[];
  readonly resolves: boolean;
}

const rule = z.object({
  evaluationFrequency: z.string(),
  windowSize: z.string(),
  autoMitigate: z.boolean(),
  criteria: z.object({
    allOf: z.tuple([
      z.object({
        query: z.string(),
        timeAggregation: z.literal("Count"),
        operator: z.literal("GreaterThan"),
        threshold: z.number(),
        dimensions: z.array(
          z.object({ name: z.string(), operator: z.literal("Include"), values: z.tuple([z.literal("*")]) }),
        ),
      }),
    ]),
  }),
});

const tile = z.object({ type: z.literal(3), content: z.object({ title: z.string(), query: z.string() }) });

/** The queries of all alerts, as they are deployed in production; `name` is that of alerts.yaml. */
export async function alertQueries(): Promise<readonly AlertQuery[]> {
  const prod = await environments.prod();
  return prod.all("Microsoft.Insights/scheduledQueryRules").map(({ name, properties }) => {
    const { evaluationFrequency, windowSize, autoMitigate, criteria } = rule.parse(properties);
    const [{ query, threshold, dimensions }] = criteria.allOf;
    return {
      name: name.replace(/^icechat-prod-/, ""),
      text: query,
      windowInMs: toMs(windowSize),
      everyInMs: toMs(evaluationFrequency),
      threshold,
      splitBy: dimensions.map((dimension) => dimension.name),
      resolves: autoMitigate,
    };
  });
}

/** The queries of the workbook's tiles, as they are deployed. */
export async function workbookQueries(): Promise<readonly Query[]> {
  const prod = await environments.prod();
  const { serializedData } = z
    .object({ serializedData: z.string() })
    .parse(prod.one("Microsoft.Insights/workbooks").properties);
  const { items } = z.object({ items: z.array(z.looseObject({ type: z.number() })) }).parse(JSON.parse(serializedData));
  return items
    .filter(({ type }) => type === 3)
    .map((item) => tile.parse(item).content)
    .map(({ title, query }) => ({ name: `the tile "${title}"`, text: query }));
}

/** The queries that runbooks give to paste: their blocks, and what is written in a line and begins with a table's name. */
export function runbookQueries(): readonly Query[] {
  return readdirSync(runbooks).flatMap((file) => {
    const page = readFileSync(join(runbooks, file), "utf8");
    const blocks = [...page.matchAll(/^ *```\n([\s\S]*?)^ *```$/gm)].map(([, text = ""]) => text);
    const inLine = [...page.matchAll(/`([A-Z]\w+ \| [^`]+)`/g)].map(([, text = ""]) => text);
    return [...blocks, ...inLine].map((text) => ({ name: `${file}: ${text.trim().slice(0, 40)}`, text }));
  });
}

function toMs(duration: string): number {
  const [, days = "0", hours = "0", minutes = "0"] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000;
}
