import { connect, createServer, type Socket } from "node:net";

/** A line that passes on only so many bytes a second from the server. */
export interface SlowLine {
  readonly port: number;
  close(): Promise<void>;
}

/** Puts a slow line in front of a server on this machine. */
export async function startSlowLine(toPort: number, bytesPerSecond: number): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ host: "127.0.0.1", port: toPort, noDelay: true });
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
    }
    near.on("data", (chunk) => far.write(chunk));
    near.on("close", () => far.destroy());
    far.on("close", () => near.end());
    void trickle(far, near, bytesPerSecond);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  const close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { port: address.port, close };
}

async function trickle(from: Socket, to: Socket, bytesPerSecond: number): Promise<void> {
  const stepInBytes = Math.ceil(bytesPerSecond / 50);
  try {
    for await (const chunk of from) {
      for (let at = 0; at < chunk.length && to.writable; at += stepInBytes) {
        to.write(chunk.subarray(at, at + stepInBytes));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  } catch {
    to.destroy();
  }
}
