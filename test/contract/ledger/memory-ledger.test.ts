import { MemoryBlobs } from "../../support/memory-blobs.ts";
import { describeLedger } from "./ledger-contract.ts";

const blobs = new MemoryBlobs();
describeLedger("Ledger on MemoryBlobs", () => blobs);
