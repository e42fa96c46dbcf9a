import { after } from "node:test";
import { startGraphWorld, userOf } from "../../support/graph-world.ts";
import { describeMailbox } from "./mailbox-contract.ts";

const world = await startGraphWorld(20);
after(() => world.close());
let users = 0;

describeMailbox("GraphMailbox", async () => {
  users += 1;
  return world.mailboxOf(userOf(users));
});
