import { z } from "zod";

const pattern =
  /^(?:(?<days>\d+)\.)?(?<hours>\d{1,2}):(?<minutes>\d{1,2})(?::(?<seconds>\d{1,2})(?:\.(?<fraction>\d{1,7}))?)?$/;

/** A .NET time span as host.json holds them, `[d.]hh:mm:ss[.fffffff]`, in milliseconds; undefined when it is none. */
export function parseTimeSpan(text: string): number | undefined {
  const parts = pattern.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const [days, hours, minutes, seconds] = ["days", "hours", "minutes", "seconds"].map((name) =>
    Number(parts[name] ?? 0),
  );
  if (days === undefined || hours === undefined || minutes === undefined || seconds === undefined) return undefined;
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const fraction = Number(`0.${parts.fraction ?? 0}`);
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds + fraction) * 1000;
}

/** A time span in a configuration file, read as milliseconds. */
export const timeSpanInMs = z.string().transform((text, context) => {
  const duration = parseTimeSpan(text);
  if (duration === undefined) {
    context.addIssue({ code: "custom", message: `'${text}' is not a time span such as "00:00:30"` });
    return z.NEVER;
  }
  return duration;
});
