import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { mergeSettings, readLocalSettings } from "./config/app-settings.ts";
import { readHostJson } from "./config/host-json.ts";
import { type FromHostMessage, type HostMemory, type ToHostMessage, toHostMessage } from "./control-protocol.ts";
import { type Host, startTriggers } from "./host.ts";
import { createHostLog } from "./log.ts";
import { hostTuning } from "./tuning.ts";
import { readProcessMemory } from "./worker/process-memory.ts";
import { startWorker, type Worker } from "./worker/worker-supervisor.ts";

const usage = `node local/host/main.ts --bundle dist/main.js --settings FILE
  --host-json FILE       host.json (default: beside the bundle's folder)
  --http-port N          port of the HTTP functions (default 7071; 0: a free one)
  --http-port-is-wish    when the port is in use, take a free one
  --run-at-start NAME    run a timer function once as soon as the triggers run (may be given again)
  --log plain|json       form of the log lines (default plain)
  --tuning JSON          times that are shorter on a laptop than in Azure, see tuning.ts`;

const optionsSchema = z.object({
  bundle: z.string(),
  settings: z.string().optional(),
  "host-json": z.string().optional(),
  "http-port": z.coerce.number().int().min(0).max(65535).default(7071),
  "http-port-is-wish": z.boolean().default(false),
  "run-at-start": z.array(z.string()).default([]),
  log: z.enum(["plain", "json"]).default("plain"),
  tuning: z
    .string()
    .default("{}")
    .transform((text) => hostTuning.parse(JSON.parse(text))),
});
const options = readOptions();

const now = (): Date => new Date();
const log = createHostLog(options.log, (line) => process.stdout.write(line), now);

// A host without its parent would go on working on storage that is being taken down or that another host serves.
if (process.send !== undefined) process.once("disconnect", () => process.exit(1));

const bundle = resolve(options.bundle);
const file = options.settings === undefined ? {} : await readLocalSettings(options.settings);
const settings = mergeSettings(file, process.env);
const hostJson = await readHostJson(options["host-json"] ?? join(dirname(dirname(bundle)), "host.json"), settings);
const worker = await startWorker(
  { bundle, env: { ...settings }, nodeArguments: readNodeArguments(settings.languageWorkers__node__arguments), log },
  (error) => end(1, `The app could not be loaded again: ${String(error)}`),
);
const host = await startTriggers({
  worker,
  hostJson,
  settings,
  tuning: options.tuning,
  httpPort: options["http-port"],
  isPortWish: options["http-port-is-wish"],
  log,
  now,
});

listenToParent(host, worker);
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(host, worker));
send({
  kind: "ready",
  httpPort: host.httpPort,
  functions: host.index.functions.map(({ name }) => name),
  inError: [...host.index.inError],
});
log({
  level: "information",
  source: "host",
  message: `Host started. HTTP functions: http://127.0.0.1:${host.httpPort}`,
});
for (const name of options["run-at-start"]) void host.runTimer(name);

function readOptions(): z.output<typeof optionsSchema> {
  try {
    const { values } = parseArgs({
      options: {
        bundle: { type: "string" },
        settings: { type: "string" },
        "host-json": { type: "string" },
        "http-port": { type: "string" },
        "http-port-is-wish": { type: "boolean" },
        "run-at-start": { type: "string", multiple: true },
        log: { type: "string" },
        tuning: { type: "string" },
      },
    });
    return optionsSchema.parse(values);
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    console.error(`${problem}\n${usage}`);
    process.exit(2);
  }
}

function readNodeArguments(text: string | undefined): string[] {
  return text?.split(/\s+/).filter((argument) => argument !== "") ?? [];
}

function send(message: FromHostMessage, sent: () => void = () => {}): void {
  if (process.send === undefined) sent();
  else process.send(message, sent);
}

function listenToParent(running: Host, of: Worker): void {
  process.on("message", (raw) => void obey(toHostMessage.parse(raw), running, of));
}

async function obey(message: ToHostMessage, running: Host, of: Worker): Promise<void> {
  switch (message.kind) {
    case "stop":
      return stop(running, of);
    case "memory":
      return send({ kind: "memory", id: message.id, memory: await readMemory(of) });
    case "run-timer":
      return runForParent(message.id, message.functionName, running);
  }
}

async function runForParent(id: number, functionName: string, running: Host): Promise<void> {
  try {
    send({ kind: "timer-done", id, succeeded: await running.runTimer(functionName) });
  } catch (error) {
    send({ kind: "timer-done", id, succeeded: false, error: String(error) });
  }
}

async function readMemory(of: Worker): Promise<HostMemory> {
  return { host: readProcessMemory(), worker: await of.memory() };
}

async function stop(running: Host, of: Worker): Promise<void> {
  log({ level: "information", source: "host", message: "Stopping: no new work, waiting for running functions." });
  await running.stop();
  const memory = await readMemory(of);
  send({ kind: "stopped", memory }, () => process.exit(0));
}

function end(code: number, message: string): void {
  log({ level: "critical", source: "host", message });
  process.exit(code);
}
