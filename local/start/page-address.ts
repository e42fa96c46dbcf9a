import type { RunningHost } from "../host/start-host.ts";
import type { World } from "./world.ts";

/** Where the admin's page is wanted at the first start. */
export const usualPagePort = 7470;

type PagePorts = {
  readonly facts: Pick<World["facts"], "pagePort">;
  note(change: { pagePort: number }): void;
};

/** The port that the page had the last time, so that bookmarks and open tabs go on working. */
export function wantedPagePort({ facts }: Pick<PagePorts, "facts">): number {
  return facts.pagePort ?? usualPagePort;
}

/** Keeps the page's first port as the one to ask for. @returns what to say: where another had to be taken, why */
export function notePagePort(world: PagePorts, got: number): string[] {
  const wanted = wantedPagePort(world);
  if (world.facts.pagePort === undefined) world.note({ pagePort: got });
  return got === wanted ? [] : [`- Port ${wanted} is in use by another program, so the admin's page has another one.`];
}

/** Address of the admin's page. */
export function toPageAddress({ httpPort }: Pick<RunningHost, "httpPort">): string {
  return `http://127.0.0.1:${httpPort}/`;
}

/** Where the admin's page is to be opened. */
export function toPageLine(host: Pick<RunningHost, "httpPort">): string {
  return `Admin's page: ${toPageAddress(host)}`;
}
