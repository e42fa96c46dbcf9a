import { randomBytes, randomUUID } from "node:crypto";
import type { Invocation } from "../../../functions/invocation.ts";
import { createWiring, type Stages } from "../../../functions/wiring.ts";
import type { EventName } from "../../../shared/telemetry/events.ts";
import { createLog, type LogFields } from "../../../shared/telemetry/log.ts";

/** The app as functions/ puts it together, in this process. */
export interface App {
  /** Runs one invocation of a function. @throws what the function throws */
  run(name: string, work: (stages: Stages) => Promise<void>): Promise<void>;
}

/** Takes each line of the app's log. */
export type OnLine = (event: EventName, fields: LogFields) => void;

/** Connects the app. Lines are made as the functions make them, and an error among them ends the measurement. */
export function connectApp(settings: Readonly<Record<string, string>>, onLine: OnLine): App {
  const stagesFor = createWiring(settings);
  return {
    run: async (name, work) => {
      const faults: string[] = [];
      const invocation = toInvocation(name, (level, event, fields) => {
        const line = JSON.stringify({ event, ...fields });
        if (level === "error") faults.push(line);
        onLine(event, fields);
      });
      await work(stagesFor(invocation));
      if (faults.length > 0) throw new Error(`the app has told of errors: ${faults.slice(0, 3).join(" ")}`);
    },
  };
}

function toInvocation(name: string, write: Parameters<typeof createLog>[0]): Invocation {
  const trace = { trace: randomBytes(16).toString("hex"), span: randomBytes(8).toString("hex") };
  return { trace, log: createLog(write, { function: name, invocation: randomUUID(), ...trace }) };
}
