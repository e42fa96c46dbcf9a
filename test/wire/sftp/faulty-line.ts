import { connect, createServer, type Socket } from "node:net";

/** What a line does from some byte of the server's on. */
export type LineFault = "silent" | "cut" | "drip";

/** A line to a server that goes wrong after so many bytes that the server has sent. */
export interface FaultyLine {
  readonly port: number;
  /** Bytes of the server that have passed. */
  readonly passedInBytes: number;
  close(): Promise<void>;
}

/** Between two bytes of a line that drips. */
const dripInMs = 30;

/** Puts a line in front of a server on this machine that goes wrong after `afterBytes`; Infinity = never. */
export async function startFaultyLine(toPort: number, what: LineFault, afterBytes: number): Promise<FaultyLine> {
  const sockets = new Set<Socket>();
  let passedInBytes = 0;
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: "127.0.0.1", port: toPort, noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    near.on("data", (chunk) => far.write(chunk));
    near.on("close", () => far.destroy());
    far.on("close", () => near.end());
    let late = Buffer.alloc(0);
    far.on("data", (chunk) => {
      const good = chunk.subarray(0, Math.max(0, afterBytes - passedInBytes));
      passedInBytes += good.length;
      if (good.length > 0) near.write(good);
      if (good.length === chunk.length) return;
      if (what === "cut") near.destroy();
      late = Buffer.concat([late, chunk.subarray(good.length)]);
    });
    if (what !== "drip") return;
    const dripping = setInterval(() => {
      if (late.length > 0) near.write(late.subarray(0, 1));
      late = late.subarray(1);
    }, dripInMs);
    near.on("close", () => clearInterval(dripping));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return {
    port: address.port,
    get passedInBytes() {
      return passedInBytes;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
