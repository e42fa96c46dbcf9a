import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import type { DirectoryUserInput } from "../../../local/graph/directory-file.ts";
import { startGraph } from "../../../local/graph/start-graph.ts";
import { loadOrMakeTls } from "../../../local/tls/certificate-files.ts";
import { trustCertificate } from "../../../local/tls/trust-certificate.ts";
import { GraphDirectory } from "../../../shared/directory/graph-directory.ts";
import { createGraph } from "../../../shared/graph/create-graph.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { type ContractPerson, directoryContract } from "./directory-contract.ts";

const folder = await mkdtemp(join(tmpdir(), "graph-directory-"));
after(() => rm(folder, { recursive: true }));
const tls = await loadOrMakeTls(folder, Date.now());
trustCertificate(tls);

directoryContract("by Graph", async (people) => {
  const standIn = await startGraph({ tls, directory: people.map(toUser), tokens: { check: () => "good" } });
  for (const { oid, mailbox } of people) {
    if (mailbox === "out-of-scope") standIn.people.change(oid, { isInScope: false });
  }
  const clock = new FakeClock({ turnsItself: true });
  const credential = { getToken: async () => ({ token: "t", expiresOnTimestamp: clock.now() + 3_600_000 }) };
  const graph = createGraph({ credential, endpoint: standIn.url, clock });
  return {
    directory: new GraphDirectory({ graph, clock, random: () => 0, timeoutInMs: 5000 }),
    recreate: (oid) => standIn.store.recreate(oid),
    goAway: () => {
      standIn.faults.add({ action: { kind: "answer", status: 503 } });
    },
    close: () => standIn.close(),
  };
});

function toUser({ oid, upn, mail, proxyAddresses, displayName, mailbox }: ContractPerson): DirectoryUserInput {
  return {
    id: oid,
    userPrincipalName: upn,
    mail: mail ?? null,
    proxyAddresses: [...(proxyAddresses ?? [])],
    displayName: displayName ?? "",
    mailbox: mailbox === "none" ? "none" : "ok",
  };
}
