import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startListener } from "../../../local/stand-ins/https-listener.ts";
import { loadOrMakeTls } from "../../../local/tls/certificate-files.ts";
import { makeFolder } from "./graph-fixture.ts";

const NOW = Date.parse("2026-06-03T12:00:00Z");
const A_YEAR_IN_MS = 365 * 86_400_000;

test("certificates are kept while they are good, and made anew before they expire", async (t) => {
  const folder = join(await makeFolder(t), "made", "when", "missing");
  const first = await loadOrMakeTls(folder, NOW);
  assert.equal((await loadOrMakeTls(folder, NOW + 100 * 86_400_000)).cert, first.cert);
  const renewed = await loadOrMakeTls(folder, NOW + A_YEAR_IN_MS - 6 * 86_400_000);
  assert.notEqual(renewed.ca, first.ca);
  assert.equal(await readFile(renewed.caFile, "utf8"), renewed.ca);
});

test("files that are missing, damaged or not of one set are made anew", async (t) => {
  const folder = await makeFolder(t);
  const first = await loadOrMakeTls(folder, NOW);
  await rm(join(folder, "server.pem"));
  const second = await loadOrMakeTls(folder, NOW);
  assert.notEqual(second.cert, first.cert);
  await writeFile(join(folder, "ca.pem"), first.ca);
  const third = await loadOrMakeTls(folder, NOW);
  assert.notEqual(third.cert, second.cert);
  await writeFile(join(folder, "server.pem"), "not a certificate");
  const fourth = await loadOrMakeTls(folder, NOW);
  assert.notEqual(fourth.cert, third.cert);
  await writeFile(join(folder, "server-key.pem"), third.key);
  assert.notEqual((await loadOrMakeTls(folder, NOW)).cert, fourth.cert);
  assert.equal((await stat(join(folder, "server-key.pem"))).mode & 0o777, 0o600);
});

test("a process that is given the authority's file trusts localhost and 127.0.0.1, another one does not", async (t) => {
  const tls = await loadOrMakeTls(await makeFolder(t), Date.now());
  const listener = await startListener({ tls }, (_request, response) => {
    response.end("hello");
    return Promise.resolve();
  });
  t.after(() => listener.close());
  const script =
    "fetch(process.argv[1]).then(async (r) => process.stdout.write(await r.text()), (e) => process.stdout.write(e.cause.code))";
  const ask = async (url: string, env: Record<string, string>): Promise<string> => {
    const child = spawn(process.execPath, ["-e", script, url], { env: { ...process.env, ...env } });
    let out = "";
    child.stdout.on("data", (part: Buffer) => {
      out += part.toString();
    });
    await once(child, "close");
    return out;
  };
  const trusting = { NODE_EXTRA_CA_CERTS: tls.caFile };
  assert.equal(await ask(listener.url, trusting), "hello");
  assert.equal(await ask(listener.url.replace("localhost", "127.0.0.1"), trusting), "hello");
  assert.match(await ask(listener.url, { NODE_EXTRA_CA_CERTS: "" }), /UNABLE_TO|SELF_SIGNED/);
});

test("closing ends what is still connected, and frees the port", async (t) => {
  const handle = () => Promise.resolve();
  const first = await startListener({}, handle);
  const socket = connect(first.port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  await assert.rejects(startListener({ port: first.port }, handle), { code: "EADDRINUSE" });
  const ended = once(socket, "close");
  await Promise.all([first.close(), first.close()]);
  await ended;
  const second = await startListener({ port: first.port }, handle);
  t.after(() => second.close());
});

test("a failure of the stand-in itself is told apart from an answer of the service", async (t) => {
  const listener = await startListener({}, () => Promise.reject(new Error("a bug")));
  t.after(() => listener.close());
  const response = await fetch(listener.url);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /stand-in itself failed.*a bug/s);
});
