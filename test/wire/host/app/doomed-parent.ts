import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startAzurite } from "../../../../local/azurite/azurite.ts";
import { startHost } from "../../../../local/host/start-host.ts";

/** Starts storage and a host and waits to be killed. */
const bundle = process.argv[2] ?? "";
const hostJson = join(dirname(bundle), "doomed-host.json");
await writeFile(hostJson, JSON.stringify({ version: "2.0" }));
const azurite = await startAzurite();
const settings = { AzureWebJobsStorage: azurite.connectionString, TICK_SCHEDULE: "0 0 0 1 1 *" };
const host = await startHost({ bundle, hostJson, settings });
const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(host.pid)], { encoding: "utf8" });
process.send?.({ azurite: azurite.pid, host: host.pid, worker: Number(children.trim()) });
