import { startSftpSite } from "../../../local/sftp/start-sftp-site.ts";

/** The SFTP site in a process of its own. Its options come as JSON; it ends with its parent. */
process.once("disconnect", () => process.exit(0));
const site = await startSftpSite(JSON.parse(process.argv[2] ?? "{}"));
process.send?.({ port: site.port, fingerprints: site.fingerprints });
