import { randomUUID } from "node:crypto";
import { type CheckId, checkId } from "../../shared/chat/identifiers.ts";
import { checkDocument, toCheckDocument } from "../../shared/pipeline/check/check-document.ts";
import { type Finding, ok } from "../../shared/pipeline/check/finding.ts";
import { tellStorageFault } from "../../shared/pipeline/check/tell-storage-fault.ts";
import type { AzureStorage } from "../../shared/store/azure-storage.ts";
import type { Clock } from "../../shared/store/clock.ts";
import { paths } from "../../shared/store/paths.ts";
import { createDocument } from "../../shared/store/state-document.ts";
import { StorageFault } from "../../shared/store/storage-fault.ts";
import { followCheck } from "./follow-check.ts";
import type { DoctorOptions } from "./options.ts";
import { tellNotTaken } from "./tell-not-taken.ts";

/** What asking the app takes. */
export interface DoctorDeps {
  readonly storage: Pick<AzureStorage, "blobs" | "queues" | "account">;
  readonly clock: Clock;
  /** Stops the doctor; its reason is thrown. */
  readonly signal: AbortSignal;
  /** @default a new one */
  readonly check?: CheckId;
}

/**
 * Looks from this machine, then has the app look, and tells each finding as it comes. Whatever happens, also when its caller
 * stops, no address that was asked for stays in storage.
 */
export async function* runDoctor(deps: DoctorDeps, options: DoctorOptions): AsyncGenerator<Finding> {
  yield { area: "laptop", ...ok(`Node ${process.versions.node}`) };
  const { storage, clock, signal, check = checkId.parse(randomUUID()) } = deps;
  try {
    await ask(deps, options, check);
    yield { area: "laptop", ...ok("storage is reached; the app is asked") };
    yield* followCheck(
      {
        ...storage,
        ...{ clock, signal },
        waitInMs: options.waitInMs,
        tellNotTaken: () => tellNotTaken(storage.account, options.place, options.waitInMs),
      },
      check,
    );
  } catch (error) {
    if (!(error instanceof StorageFault)) throw error;
    yield { area: "laptop", ...tellStorageFault(error, "person") };
  } finally {
    await withdraw(storage, check);
  }
}

/** The document first: a message without one is left alone. */
async function ask({ storage, clock }: DoctorDeps, { asked }: DoctorOptions, check: CheckId): Promise<void> {
  const document = toCheckDocument(clock.now(), asked);
  await createDocument(storage.blobs, paths.check(check), checkDocument, document, { writer: "doctor" });
  await storage.queues.send("checks", { v: 1, runId: check, check });
}

/** Takes the request back. The findings have been told, and the app's log counts them. */
async function withdraw({ blobs }: Pick<AzureStorage, "blobs">, check: CheckId): Promise<void> {
  await blobs.remove(paths.check(check)).catch((error: unknown) => {
    // Storage could not be reached in the first place, which was told; it deletes such requests by itself after a day.
    if (!(error instanceof StorageFault)) throw error;
  });
}
