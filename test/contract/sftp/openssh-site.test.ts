import { startSshd, whyNoSshd } from "../../../local/openssh/start-sshd.ts";
import { describeSite } from "./site-contract.ts";

describeSite("OpenSSH", whyNoSshd, async (root, keys) => {
  const sshd = await startSshd({ publicKeys: [keys.publicKey] });
  const { ed25519, rsa } = sshd.fingerprints;
  return {
    address: { host: sshd.host, port: sshd.port, hostKeys: [ed25519] },
    login: { user: sshd.user, privateKey: keys.privateKey },
    fingerprints: [ed25519, rsa],
    folder: root,
    close: () => sshd.close(),
  };
});
