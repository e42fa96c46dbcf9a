import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type HttpListener, startHttpServer } from "../../../local/host/http/http-server.ts";

function serve(port: number, isPortWish: boolean): Promise<HttpListener> {
  return startHttpServer({
    ...{ functions: [], port, isPortWish, httpUri: () => undefined, runTimer: () => false, log: () => undefined },
    invoke: () => Promise.reject(new Error("nothing is asked")),
  });
}

async function occupy(t: TestContext): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("it has no port");
  return { server, port: address.port };
}

test("a port that was asked for and is in use is refused; one that was wished for gives way to a free one", async (t) => {
  const { port } = await occupy(t);
  await assert.rejects(serve(port, false), /EADDRINUSE/);
  const other = await serve(port, true);
  t.after(() => other.stop());
  assert.notEqual(other.port, port);
});

test("a wished port is waited for as long as the host before is just ending", async (t) => {
  const { server, port } = await occupy(t);
  const listening = serve(port, true);
  await sleep(300);
  server.close();
  const listener = await listening;
  t.after(() => listener.stop());
  assert.equal(listener.port, port);
});
