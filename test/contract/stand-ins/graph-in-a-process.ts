import { z } from "zod";
import { startGraph } from "../../../local/graph/start-graph.ts";

// A stand-in in a process of its own, for a test that kills it: prints its URL.
const [stateDir = "", tls = "", id = ""] = process.argv.slice(2);
const graph = await startGraph({
  tls: z.object({ cert: z.string(), key: z.string() }).parse(JSON.parse(tls)),
  directory: [{ id, userPrincipalName: "ann@example.com" }],
  tokens: { check: () => "good" },
  stateDir,
});
process.stdout.write(`${graph.url}\n`);
