import { Server } from "node:http";
import { createRequire, enableCompileCache } from "node:module";
import { makeIndexDurable } from "./durable-index.ts";

/** Writing a large index takes seconds; cutting it short would lose what was acknowledged since the last time. */
const closeDeadlineInMs = 60_000;

// Azurite tells on its output that it closes. When its starter was killed nobody reads that, and the error would end it
// before it has written anything.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

// Azurite closes its servers before it writes its last data, and a server with an idle connection of the SDK never closes.
const close = Reflect.get(Server.prototype, "close");
Server.prototype.close = function (this: Server, ...args) {
  Reflect.apply(close, this, args);
  this.closeAllConnections();
  return this;
};

// The channel closes when the parent asks for the end and when the parent is gone, also when it was killed. Azurite writes
// its index only every few seconds: ending it at once would lose what was just acknowledged.
process.once("disconnect", () => {
  setTimeout(() => process.exit(1), closeDeadlineInMs).unref();
  if (!process.argv.includes("--location") || !process.emit("SIGTERM")) process.exit(0);
});

// Azurite loads about a thousand modules; their compiled code in Node's cache takes a third off its start.
enableCompileCache();

const require = createRequire(import.meta.url);
if (process.argv.includes("--location")) {
  // The very copy of Loki that Azurite loads.
  const Loki = createRequire(require.resolve("azurite/dist/src/azurite.js"))("lokijs");
  makeIndexDurable({ loki: Loki, adapter: Loki.persistenceAdapters.fs });
}
require("azurite/dist/src/azurite.js");
