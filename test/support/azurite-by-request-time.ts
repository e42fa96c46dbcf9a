import { AsyncLocalStorage } from "node:async_hooks";
import { Server } from "node:http";

/**
 * Loaded into Azurite's process before Azurite: each request is served as if the time were what its header says. So leases
 * end, messages show up and blobs are old by the clock of whoever asks, and worlds with clocks of their own can share it.
 */
const header = "x-world-time";
const times = new AsyncLocalStorage<number>();
const RealDate = Date;

function now(): number {
  return times.getStore() ?? RealDate.now();
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});

const emit = Server.prototype.emit;
Server.prototype.emit = function (this: Server, event: string | symbol, ...args: unknown[]): boolean {
  const go = (): boolean => Reflect.apply(emit, this, [event, ...args]);
  const [request] = args;
  const isRequest = event === "request" && typeof request === "object" && request !== null && "headers" in request;
  const time = isRequest ? Number(Reflect.get(Object(request.headers), header)) : Number.NaN;
  return Number.isNaN(time) ? go() : times.run(time, go);
};
