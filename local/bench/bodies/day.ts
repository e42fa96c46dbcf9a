import { z } from "zod";
import { connectClients } from "../../../functions/clients.ts";
import { toStageDeps } from "../../../functions/stage-deps.ts";
import { mailboxAddress } from "../../../shared/chat/identifiers.ts";
import { mapAhead } from "../../../shared/store/map-ahead.ts";
import { createLog } from "../../../shared/telemetry/log.ts";
import { connectApp } from "../day/app.ts";
import { fanOut } from "../day/fan-out.ts";
import { Usage } from "../day/usage.ts";
import { toAddress } from "../input/chat-day.ts";
import type { Body } from "../measure/body.ts";
import { Stopwatch } from "../measure/stopwatch.ts";

/** What a process is to do of a day, in this order; `meet` sees each mailbox once, as an earlier day would have. */
const step = z.enum(["fetch", "meet", "fan-out"]);
const dayArgs = z.object({
  settings: z.record(z.string(), z.string()),
  connector: z.string(),
  mailboxes: z.number(),
  steps: z.array(step),
});

/** The functions' process on a large day: the real wiring, by the same messages as in Azure. Each step is told by itself. */
export const dayBody: Body = async (args, watch) => {
  const { settings, connector, mailboxes, steps } = dayArgs.parse(args);
  const usage = new Usage();
  const gathered = Promise.withResolvers<void>();
  const app = connectApp(settings, (event, fields) => {
    usage.take(event, fields);
    if (event === "drop.moved" && fields["state"] === "importing") gathered.resolve();
  });
  const connectionString = settings["AzureWebJobsStorage"] ?? "";
  const work = {
    fetch: () => app.run("fetchDrops", (stages) => stages.fetchDropsOnDemand({ v: 1, runId: "bench", connector }, 1)),
    meet: () => meet(settings, mailboxes),
    "fan-out": () => fanOut({ app, connectionString, usage, gathered: gathered.promise }),
  };
  const told: Record<string, number> = {};
  for (const one of steps) {
    const own = new Stopwatch();
    await watch.time(() => own.time(work[one]));
    told[`${one} wall`] = own.taken.wallInMs;
    told[`${one} cpu`] = own.taken.cpuInMs;
  }
  return { ...told, ...usage.toTold() };
};

async function meet(settings: Readonly<Record<string, string>>, mailboxes: number): Promise<void> {
  const trace = { trace: "1".repeat(32), span: "1".repeat(16) };
  const clients = connectClients(settings, () => undefined);
  const { findMailbox } = toStageDeps(clients, { log: createLog(() => undefined), trace }, "bench");
  const people = Array.from({ length: mailboxes }, (_, person) => mailboxAddress.parse(toAddress(person)));
  for await (const found of mapAhead(people, 8, (address) => findMailbox(address))) {
    if (typeof found === "string") throw new Error(`a person of the bench is ${found}`);
  }
}
