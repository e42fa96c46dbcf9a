import { FakeClock } from "../../support/fake-clock.ts";
import { MemoryMailbox } from "../../support/memory-mailbox.ts";
import { describeMailbox } from "./mailbox-contract.ts";

describeMailbox("MemoryMailbox", async () => new MemoryMailbox(new FakeClock()));
