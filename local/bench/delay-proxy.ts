import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy that makes the way longer and nothing else. */
export interface DelayProxy {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Passes bytes on to a port of this machine, each `delayInMs` after it came, both ways: a round trip takes twice as long.
 * Bandwidth has no limit: what is under way is held, however much it is.
 */
export async function startDelayProxy(targetPort: number, delayInMs: number): Promise<DelayProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ port: targetPort, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.once("close", () => sockets.delete(from));
      // One end's fault is the other's end; who measures hears of it from his own connection.
      from.on("error", () => to.destroy());
      passOn(from, to, delayInMs);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return {
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** In order: timers of the same length fire in the order in which they were set. */
function passOn(from: Socket, to: Socket, delayInMs: number): void {
  from.on("data", (piece) => setTimeout(() => to.write(piece), delayInMs));
  from.on("end", () => setTimeout(() => to.end(), delayInMs));
}
