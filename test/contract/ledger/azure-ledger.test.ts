import { after, before } from "node:test";
import { type RunningAzurite, startAzurite } from "../../../local/azurite/azurite.ts";
import { type AzureStorage, openAzureStorage } from "../../../shared/store/azure-storage.ts";
import { systemClock } from "../../../shared/store/system-clock.ts";
import { describeLedger } from "./ledger-contract.ts";

let azurite: RunningAzurite;
let storage: AzureStorage;

before(async () => {
  azurite = await startAzurite();
  storage = openAzureStorage(azurite, systemClock, { tryTimeoutInMs: 10_000, maxTries: 2, retryDelayInMs: 10 });
  await storage.createMissing();
});
after(() => azurite.stop());

describeLedger("Ledger on AzureBlobs", () => storage.blobs);
