import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { toNumberText } from "../parts/numbers.ts";
import { texts } from "../texts.ts";
import { nextRuns, type ScheduleChoice, toScheduleChoice } from "./schedule.ts";
import { defaults, type KnownSettings } from "./settings.ts";

const words = texts.setup;
const useStyles = makeStyles({
  list: {
    display: "grid",
    gridTemplateColumns: "minmax(8rem, max-content) minmax(0, 1fr)",
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalS,
    margin: 0,
    "@media (max-width: 480px)": { gridTemplateColumns: "minmax(0, 1fr)", rowGap: tokens.spacingVerticalXXS },
  },
  term: { color: tokens.colorNeutralForeground2 },
  value: {
    margin: 0,
    overflowWrap: "anywhere",
    "@media (max-width: 480px)": { marginBottom: tokens.spacingVerticalS },
  },
});

/** What was chosen, as pairs of a name and a value. */
export function Pairs({ pairs }: { readonly pairs: readonly (readonly [string, ReactNode])[] }): ReactNode {
  const styles = useStyles();
  return (
    <dl className={styles.list}>
      {pairs.map(([term, value]) => (
        <div key={term} style={{ display: "contents" }}>
          <dt className={styles.term}>{term}</dt>
          <dd className={styles.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The site and how to sign in, in words. */
export function toSitePairs(settings: KnownSettings): readonly (readonly [string, string])[] {
  const { fieldNames, review, site } = words;
  const login = { "key-and-password": site.login.keyAndPassword, password: site.login.password, key: site.login.key };
  const port = settings["site.port"] ?? defaults["site.port"];
  const host = settings["site.host"];
  return [
    [fieldNames.feed, settings.feed ?? review.none],
    [fieldNames["site.host"], host === undefined ? review.none : `${host}:${port}`],
    [fieldNames["site.folder"], settings["site.folder"] ?? defaults["site.folder"]],
    [fieldNames["site.user"], settings["site.user"] ?? settings.feed ?? review.none],
    [fieldNames["site.login"], login[settings["site.login"] ?? defaults["site.login"]]],
    [fieldNames["site.hostKeys"], settings["site.hostKeys"]?.join(", ") ?? review.none],
  ];
}

/** What is fetched, and when, in words. */
export function toFilePairs(settings: KnownSettings): readonly (readonly [string, string])[] {
  const { fieldNames, review, files, schedule, advanced } = words;
  const zone = settings.zone ?? defaults.zone;
  const pattern = settings.schedule ?? defaults.schedule;
  const [next] = nextRuns(pattern, zone, new Date(), 1);
  const limit = settings.itemLimit ?? defaults.itemLimit;
  const isEncrypted = (settings.encryption ?? defaults.encryption).type === "pgp";
  return [
    [fieldNames.encryption, isEncrypted ? files.encryption.pgp : files.encryption.none],
    [fieldNames["site.include"], settings["site.include"]?.join(", ") ?? review.allKnown],
    [fieldNames.format, files.format.names[settings.format ?? defaults.format]],
    [fieldNames.schedule, `${toScheduleText(toScheduleChoice(pattern))}, ${zone}`],
    [schedule.nextRun, next === undefined ? schedule.never : schedule.run(next, zone)],
    [advanced.itemLimit.label, limit === 0 ? schedule.noLimit : toNumberText(limit)],
  ];
}

/** A schedule in words. */
export function toScheduleText(choice: ScheduleChoice): string {
  const { schedule } = words;
  switch (choice.type) {
    case "daily":
      return schedule.dailyAt(choice.time);
    case "weekdays":
      return schedule.weekdaysAt(choice.time);
    case "hourly":
      return schedule.hours(choice.every);
    case "cron":
      return schedule.byPattern(choice.pattern);
  }
}
