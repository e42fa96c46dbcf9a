import type { WrongSettings } from "../../config/settings.ts";
import type { Blobs } from "../../store/blobs.ts";
import { paths } from "../../store/paths.ts";
import type { Task } from "../../store/queues.ts";
import { updateDocument } from "../../store/state-document.ts";
import { checkDocument } from "./check-document.ts";
import { type Finding, wrong } from "./finding.ts";

/** What ending a check takes that cannot be made. */
export interface GiveUpDeps {
  readonly blobs: Pick<Blobs, "read" | "create" | "replace">;
  readonly clock: { now(): number };
  readonly writer: string;
}

/** Tells the asker what is wrong with the settings: with wrong ones the app can check nothing else, nor do anything else. */
export async function tellWrongSettings(
  deps: GiveUpDeps,
  { check }: Pick<Task<"checks">, "check">,
  { faults }: WrongSettings,
): Promise<void> {
  const todo = "Mend it: az functionapp config appsettings set, or the parameters and another deployment.";
  await endWith(
    deps,
    check,
    faults.map((fault) => ({ area: "settings", ...wrong(fault, todo) })),
  );
}

/** Ends a check whose message the host has given up, so that its asker need not wait and no address stays behind. */
export async function giveUpCheck(deps: GiveUpDeps, { check }: Pick<Task<"checks">, "check">): Promise<void> {
  const told = wrong(
    "the check failed five times, or its process ended in the middle of it",
    "See what the log says of function checkUp: invocation.failed, process.crashed, or the host's own line about memory.",
  );
  await endWith(deps, check, [{ area: "app", ...told }]);
}

/** What was found before stays. */
async function endWith(
  { blobs, clock, writer }: GiveUpDeps,
  check: Task<"checks">["check"],
  found: readonly Finding[],
): Promise<void> {
  await updateDocument(
    blobs,
    paths.check(check),
    checkDocument,
    ({ asked: _, ...old }) =>
      old.endedAt === undefined ? { ...old, findings: [...old.findings, ...found], endedAt: clock.now() } : undefined,
    { writer },
  );
}
