import { z } from "zod";
import { connectSftpSite } from "../../../shared/fetch/sftp-site.ts";
import type { Body } from "../measure/body.ts";

const readArgs = z.object({
  port: z.number(),
  user: z.string(),
  hostKey: z.string(),
  sshKey: z.string(),
  path: z.string(),
});

/** Signs in and reads a file to its end, as the fetch reads it; the bytes are dropped. */
export const sftpReadBody: Body = async (args, watch) => {
  const { port, user, hostKey, sshKey, path } = readArgs.parse(args);
  let received = 0;
  await watch.time(async () => {
    const address = { host: "127.0.0.1", port, hostKeys: [hostKey] };
    const site = await connectSftpSite(address, { user, privateKey: sshKey });
    try {
      const { sizeInBytes } = await site.stat(path);
      for await (const piece of site.read(path, sizeInBytes)) received += piece.length;
    } finally {
      await site.end();
    }
  });
  return { received };
};
