import type { Clock } from "../../shared/store/clock.ts";
import { type Difference, type Finding, listDifferences, listFindings } from "./differences.ts";
import { type DirectoryState, type FoundPerson, findPeople, readDirectory, readTenant } from "./directory-state.ts";
import { EntraApi, type EntraDeps } from "./entra-api.ts";
import type { Options, Outputs } from "./options.ts";
import { putRight } from "./put-right.ts";
import { type Registration, toRegistration } from "./registration.ts";
import { listOfOurs, takeBack } from "./take-back.ts";

/** What registering needs from outside. */
export interface RegisterDeps extends EntraDeps {
  readonly clock: Clock;
  readonly print: (line: string) => void;
  /** Asks whoever runs the command; false when nobody can be asked. */
  readonly agree: (question: string) => Promise<boolean>;
}

interface Look {
  readonly state: DirectoryState;
  readonly differences: readonly Difference[];
  readonly findings: readonly Finding[];
}

const mostLooks = 10;

/** Does what the options ask for and returns the exit code: 0 when everything is as it has to be. @throws EntraRefused; WrongOption */
export async function register(deps: RegisterDeps, options: Options, outputs: Outputs): Promise<number> {
  const entra = new EntraApi(deps);
  const wanted = toRegistration(outputs, options, await readTenant(entra));
  if (options.mode === "undo") return await undo(deps, entra, wanted, options);
  const people = await findPeople(entra, options.people);
  const first = await look(entra, wanted, people);
  tellFindings(deps, first);
  if (options.mode === "check") return check(deps, first);
  if (first.findings.some(({ isRefused }) => isRefused)) {
    deps.print("Nothing was changed.");
    return 1;
  }
  if (first.differences.length > 0) {
    for (const { text } of first.differences) deps.print(`to put right: ${text}`);
    if (!(await isAgreed(deps, options))) return 1;
    await putRight(entra, wanted, first.state, first.differences);
  }
  return await tellEnd(deps, await lookUntilRight(deps, entra, wanted, people));
}

function check({ print }: RegisterDeps, { differences, findings, state }: Look): number {
  for (const { text } of differences) print(`missing: ${text}`);
  if (differences.length + findings.length > 0) return 1;
  print(`Everything is as it has to be. signInClientId is ${state.app?.appId ?? ""}`);
  return 0;
}

async function look(entra: EntraApi, wanted: Registration, people: readonly FoundPerson[]): Promise<Look> {
  const state = await readDirectory(entra, wanted);
  const differences = listDifferences(wanted, state, people);
  return { state, differences, findings: listFindings(wanted, state, people) };
}

/** What was just written is read in all parts of the directory only some seconds later. */
async function lookUntilRight(
  deps: RegisterDeps,
  entra: EntraApi,
  wanted: Registration,
  people: readonly FoundPerson[],
): Promise<Look> {
  for (let tries = 1; ; tries++) {
    const seen = await look(entra, wanted, people);
    if (seen.differences.length === 0 || tries >= mostLooks) return seen;
    await deps.clock.sleep(tries * 1000);
  }
}

function tellFindings({ print }: RegisterDeps, { findings }: Look): void {
  for (const { text, isRefused } of findings) print(`${isRefused ? "refused" : "look at this"}: ${text}`);
}

async function tellEnd({ print }: RegisterDeps, { state, differences }: Look): Promise<number> {
  for (const { text } of differences) print(`still missing: ${text}`);
  if (differences.length > 0 || state.app === undefined) return 1;
  print("The registration is as it has to be. Put this into the parameters, and deploy again:");
  print(`  param signInClientId = '${state.app.appId}'`);
  print(`with azd: azd env set SIGN_IN_CLIENT_ID ${state.app.appId} && azd provision`);
  return 0;
}

async function undo(deps: RegisterDeps, entra: EntraApi, wanted: Registration, options: Options): Promise<number> {
  const first = await readDirectory(entra, wanted);
  const ours = listOfOurs(wanted, first);
  for (const text of ours) deps.print(`to remove: ${text}`);
  if (ours.length > 0 && !(await isAgreed(deps, options))) return 1;
  for (let tries = 1, state = first; ; tries++) {
    const left = listOfOurs(wanted, state);
    if (left.length === 0) break;
    if (tries > mostLooks) {
      for (const text of left) deps.print(`still there: ${text}`);
      return 1;
    }
    await takeBack(entra, wanted, state);
    await deps.clock.sleep(tries * 1000);
    state = await readDirectory(entra, wanted);
  }
  deps.print(
    "Nothing of it is left in Entra. Set signInClientId to '' and deploy again, or signing in ends in an error.",
  );
  return 0;
}

async function isAgreed({ agree, print }: RegisterDeps, options: Options): Promise<boolean> {
  if (options.isAgreed || (await agree("Do it?"))) return true;
  print("Nothing was changed. --yes does it without asking.");
  return false;
}
