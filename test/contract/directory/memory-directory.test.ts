import { directoryContract } from "./directory-contract.ts";
import { MemoryDirectory } from "./memory-directory.ts";

directoryContract("in memory", async (people) => {
  const directory = new MemoryDirectory(people);
  return {
    directory,
    recreate: (oid) => directory.recreate(oid),
    goAway: () => directory.goAway(),
    close: async () => undefined,
  };
});
