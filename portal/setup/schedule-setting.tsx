import { Field, Input, makeStyles, Select, Text, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { texts } from "../texts.ts";
import { hourSteps, nextRuns, type ScheduleChoice, toPattern, toScheduleChoice } from "./schedule.ts";
import { defaults } from "./settings.ts";
import { toFieldId, useSettings } from "./settings-context.tsx";

const words = texts.setup.schedule;
const useStyles = makeStyles({
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM, alignItems: "end" },
  runs: { margin: 0, paddingLeft: tokens.spacingHorizontalXL },
});

/** When files are fetched, in words, and the next times as a check. */
export function ScheduleSetting(): ReactNode {
  const { shown, faults, change, leaveField } = useSettings();
  const pattern = shown.schedule ?? defaults.schedule;
  // What is being chosen stays, although its pattern may read as another choice or as none yet.
  const [choosing, setChoosing] = useState<ScheduleChoice>();
  const choice = choosing ?? toScheduleChoice(pattern);
  const choose = (next: ScheduleChoice): void => {
    setChoosing(next);
    const schedule = toPattern(next);
    if (schedule !== undefined) change({ schedule });
  };
  const styles = useStyles();
  return (
    <>
      <div className={styles.row}>
        <KindSelect choice={choice} pattern={pattern} onChoose={choose} onLeave={leaveField} />
        <ChoiceDetail choice={choice} fault={faults.schedule} onChoose={choose} onLeave={leaveField} />
      </div>
      <NextRuns pattern={toPattern(choice) ?? pattern} zone={shown.zone ?? defaults.zone} />
    </>
  );
}

interface PartProps {
  readonly choice: ScheduleChoice;
  readonly onChoose: (choice: ScheduleChoice) => void;
  readonly onLeave: () => void;
}

function KindSelect({ choice, pattern, onChoose, onLeave }: PartProps & { readonly pattern: string }): ReactNode {
  const { isReadOnly } = useSettings();
  const time = "time" in choice ? choice.time : "06:00";
  const choices: Readonly<Record<string, ScheduleChoice>> = {
    daily: { type: "daily", time },
    weekdays: { type: "weekdays", time },
    hourly: { type: "hourly", every: 1 },
    cron: { type: "cron", pattern },
  };
  return (
    <Field label={words.label}>
      <Select
        id={toFieldId("schedule")}
        value={choice.type}
        disabled={isReadOnly}
        onBlur={onLeave}
        onChange={(_event, { value }) => {
          const next = choices[value];
          if (next !== undefined) onChoose(next);
        }}
      >
        <option value="daily">{words.daily}</option>
        <option value="weekdays">{words.weekdays}</option>
        <option value="hourly">{words.hourly}</option>
        <option value="cron">{words.cron}</option>
      </Select>
    </Field>
  );
}

function ChoiceDetail({
  choice,
  fault,
  onChoose,
  onLeave,
}: PartProps & { readonly fault: string | undefined }): ReactNode {
  const { isReadOnly } = useSettings();
  if (choice.type === "hourly") {
    return (
      <Field label={words.every}>
        <Select
          value={String(choice.every)}
          disabled={isReadOnly}
          onBlur={onLeave}
          onChange={(_event, { value }) => onChoose({ type: "hourly", every: Number(value) })}
        >
          {hourSteps.map((hours) => (
            <option key={hours} value={hours}>
              {words.hours(hours)}
            </option>
          ))}
        </Select>
      </Field>
    );
  }
  const isCron = choice.type === "cron";
  return (
    <Field
      label={isCron ? words.pattern : words.time}
      {...(isCron ? { hint: words.patternHint } : {})}
      {...(fault === undefined ? {} : { validationMessage: fault })}
    >
      <Input
        type={isCron ? "text" : "time"}
        value={isCron ? choice.pattern : choice.time}
        readOnly={isReadOnly}
        autoComplete="off"
        onBlur={onLeave}
        onChange={(_event, { value }) =>
          onChoose(isCron ? { type: "cron", pattern: value } : { ...choice, time: value })
        }
      />
    </Field>
  );
}

function NextRuns({ pattern, zone }: { readonly pattern: string; readonly zone: string }): ReactNode {
  const styles = useStyles();
  const runs = nextRuns(pattern, zone, new Date(), 3);
  if (runs.length === 0) return <Text>{words.never}</Text>;
  return (
    <div>
      <Text id="next-runs">{words.next(zone)}</Text>
      <ul className={styles.runs} aria-labelledby="next-runs">
        {runs.map((run) => (
          <li key={run.getTime()}>{words.run(run, zone)}</li>
        ))}
      </ul>
    </div>
  );
}
