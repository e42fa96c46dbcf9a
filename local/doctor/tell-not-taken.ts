import { type Finding, wrong } from "../../shared/pipeline/check/finding.ts";
import type { AccountFacts } from "../../shared/store/account-facts.ts";
import { StorageFault } from "../../shared/store/storage-fault.ts";
import type { Place } from "../operate/place.ts";

const ofWaiting =
  "The message still waits in the queue checks, so no function listens to it: " +
  "the code is not published, or an older version of it (az functionapp function list must show checkUp); " +
  "the app is stopped (az functionapp show --query state); " +
  "checkUp is switched off (setting AzureWebJobs.checkUp.Disabled); " +
  "or AzureWebJobsStorage__queueServiceUri names another account than this one, or the identity may not read its queues.";
const ofTaken =
  "The message was taken and nothing was written: the app's identity may not write blobs here, or AzureWebJobsStorage__blobServiceUri names another account. " +
  'See why in Application Insights: AppTraces | where Message has "invocation.failed" and Message has "checkUp".';

/** Tells what it means that the app has not begun, by whether its message still waits. */
export async function tellNotTaken(
  account: Pick<AccountFacts, "messagesIn">,
  place: Place,
  waitedInMs: number,
): Promise<Finding> {
  const waiting = await account.messagesIn("checks").catch((error: unknown) => {
    // Who may send is not always one who may look; then both causes are told.
    if (error instanceof StorageFault) return undefined;
    throw error;
  });
  const causes = waiting === undefined ? `${ofWaiting} Or else: ${ofTaken}` : waiting > 0 ? ofWaiting : ofTaken;
  const ofLaptop = "Is npm start still running? Look at its terminal.";
  const todo = place.type === "start" ? ofLaptop : causes;
  return { area: "app", ...wrong(`did not take the request within ${Math.round(waitedInMs / 1000)} s`, todo) };
}
