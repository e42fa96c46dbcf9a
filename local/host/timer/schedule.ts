import { Cron } from "croner";

/** A timer's schedule, in UTC. */
export interface Schedule {
  readonly text: string;
  /** Then the real host records the schedule's status and makes up for a missed run. */
  readonly isAtLeastAMinuteApart: boolean;
  /** The first occurrence after the given time. Throws when there is none. */
  nextAfter(time: Date): Date;
}

// Numbers, names, ranges, steps and lists: croner would also take marks such as L, W and ?, which the real host refuses.
const fieldPattern = /^(?:(?:\*|(?:\d+|[a-z]{3})(?:-(?:\d+|[a-z]{3}))?)(?:\/\d+)?(?:,(?!$)|$))+$/i;
const minuteInMs = 60_000;

/**
 * Parses an NCRONTAB expression: six fields, seconds first (five are read as starting at second 0, as the real host does).
 * Unlike in Unix cron, a day must fit both the day of month and the day of week.
 * Throws, with the real host's words, for anything else, a time span among them: those need a dedicated plan.
 */
export function parseSchedule(text: string): Schedule {
  const fields = text.trim().split(/\s+/);
  if ((fields.length !== 5 && fields.length !== 6) || !fields.every((field) => fieldPattern.test(field))) {
    throw new Error(`The schedule expression '${text}' was not recognized as a valid cron expression.`);
  }
  const expression = fields.length === 5 ? `0 ${fields.join(" ")}` : fields.join(" ");
  const cron = parseCron(text, expression);
  const nextAfter = (time: Date): Date => {
    const next = cron.nextRun(time);
    if (next === null) throw new Error(`The schedule expression '${text}' has no further occurrence.`);
    return next;
  };
  return { text, nextAfter, isAtLeastAMinuteApart: isAtLeastAMinuteApart(nextAfter) };
}

function parseCron(text: string, expression: string): Cron {
  try {
    return new Cron(expression, { mode: "6-part", domAndDow: true, timezone: "UTC", paused: true });
  } catch (error) {
    throw new Error(`The schedule expression '${text}' was not recognized as a valid cron expression.`, {
      cause: error,
    });
  }
}

function isAtLeastAMinuteApart(nextAfter: (time: Date) => Date): boolean {
  let previous = nextAfter(new Date(0));
  for (let count = 0; count < 5; count += 1) {
    const next = nextAfter(previous);
    if (next.getTime() - previous.getTime() < minuteInMs) return false;
    previous = next;
  }
  return true;
}
