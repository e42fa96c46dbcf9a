import { MemorySecrets } from "../../support/memory-secrets.ts";
import { describeSecrets } from "./secrets-contract.ts";

const secrets = new MemorySecrets();
describeSecrets("MemorySecrets", () => secrets);
