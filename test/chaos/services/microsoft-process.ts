import { z } from "zod";
import { startStandIns } from "../../../local/stand-ins/start-stand-ins.ts";

/**
 * Entra, Key Vault and Graph in a process of their own; what they have answered outlives it. Options and fault rules come
 * as JSON, `{id, export}` writes the mailboxes to a file; how many faults have hit is told from time to time.
 */
const task = z.object({ id: z.number(), export: z.string() });

process.once("disconnect", () => process.exit(0));
const { faults, ...options } = JSON.parse(process.argv[2] ?? "{}");
const standIns = await startStandIns(options);
for (const rule of faults) standIns.graph.faults.add(rule);
const ports = { entra: standIns.entra.port, keyVault: standIns.keyVault.port, graph: standIns.graph.port };
process.send?.({
  ports: { ...ports, page: standIns.page.port },
  environment: standIns.environment,
  entra: { url: standIns.entra.url },
  keyVault: { url: standIns.keyVault.url },
  graph: { url: standIns.graph.url },
});

process.on("message", (message) => {
  const { id, export: path } = task.parse(message);
  void standIns.graph.exportTo(path).then(() => process.send?.({ done: id }));
});

let told = 0;
setInterval(() => {
  const hits = standIns.graph.faults.list().reduce((sum, fault) => sum + fault.hits, 0);
  if (hits > told) process.send?.({ hits: hits - told });
  told = hits;
}, 100).unref();
