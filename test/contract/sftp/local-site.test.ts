import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSftpSite } from "../../../local/sftp/start-sftp-site.ts";
import { describeSite } from "./site-contract.ts";

describeSite("the local server", false, async (root, keys) => {
  const stateDir = await mkdtemp(join(tmpdir(), "site-state-"));
  const site = await startSftpSite({
    root,
    stateDir,
    user: "ACME01",
    publicKeys: [keys.publicKey],
    hostKeys: ["ed25519", "rsa"],
  });
  const [ed25519 = "", rsa = ""] = site.fingerprints;
  return {
    address: { host: site.host, port: site.port, hostKeys: [ed25519] },
    login: { user: site.user, privateKey: keys.privateKey },
    fingerprints: [ed25519, rsa],
    folder: "/",
    close: async () => {
      await site.close();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
});
