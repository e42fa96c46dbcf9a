import { clouds } from "../../../infra/access/clouds.ts";
import type { Options } from "../../../infra/access/options.ts";
import { register } from "../../../infra/access/register.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { Directory } from "./directory.ts";
import { type DirectoryData, ids, newTenant } from "./directory-data.ts";
import { type RunningDirectory, startDirectory } from "./start-directory.ts";

/** What the deployment's outputs are here. */
export const outputs = {
  functionAppName: "func-icechat-prod-abc123",
  portalUrl: "https://func-icechat-prod-abc123.azurewebsites.net",
  identityClientId: ids.identityClient,
  identityPrincipalId: ids.identity,
};

/** Registering everything, with an admin and a group of readers. */
export const everything: Options = {
  mode: "register",
  isAgreed: true,
  from: outputs,
  otherUrls: [],
  people: [
    { role: "Connector.Admin", who: "alice@bank.example" },
    { role: "Connector.Reader", who: ids.auditors },
  ],
  readsGroups: false,
  cloud: clouds.AzureCloud,
};

/** What a run printed, and its exit code; no code when the run was broken off. */
export interface Ran {
  readonly code: number | undefined;
  readonly text: string;
  readonly error: unknown;
}

/** A tenant behind Graph's wire, with a clock that turns itself. */
export interface EntraWorld extends AsyncDisposable {
  readonly directory: Directory;
  readonly graph: RunningDirectory;
  readonly data: DirectoryData;
  run(changes?: Partial<Options>): Promise<Ran>;
}

/** Starts a world; what was written is seen `lagInMs` later. */
export async function startWorld({ lagInMs = 5000, data = newTenant() } = {}): Promise<EntraWorld> {
  const clock = new FakeClock({ turnsItself: true });
  const directory = new Directory({ data, tenant: ids.tenant, clock, lagInMs });
  const graph = await startDirectory(directory, clock);
  return {
    directory,
    graph,
    get data() {
      return directory.data;
    },
    run: async (changes = {}) => {
      const lines: string[] = [];
      const deps = {
        graph: graph.url,
        clock,
        token: async () => "token-of-an-administrator",
        print: (line: string) => void lines.push(line),
        agree: async () => false,
      };
      try {
        const code = await register(deps, { ...everything, ...changes }, outputs);
        return { code, text: lines.join("\n"), error: undefined };
      } catch (error) {
        return { code: undefined, text: lines.join("\n"), error };
      }
    },
    [Symbol.asyncDispose]: () => graph[Symbol.asyncDispose](),
  };
}
