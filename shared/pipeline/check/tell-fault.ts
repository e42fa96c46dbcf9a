import { DocumentFault } from "../../store/state-document.ts";
import { StorageFault } from "../../store/storage-fault.ts";
import { toErrorFields } from "../../telemetry/error-fields.ts";
import { type Told, wrong } from "./finding.ts";
import { tellStorageFault } from "./tell-storage-fault.ts";
import { isTokenFault, tellTokenFault } from "./tell-token-fault.ts";

/** Tells of an error by its class where that is known, and else no more of it than a log may hold. */
export function tellUnknown(error: unknown): Told {
  if (error instanceof StorageFault) return tellStorageFault(error, "app");
  if (isTokenFault(error)) return tellTokenFault(error, "app");
  if (error instanceof DocumentFault) {
    return wrong(error.message, "Somebody has edited this blob by hand, or a newer version of the app has written it.");
  }
  const { error: name, errorMessage } = toErrorFields(error);
  return typeof errorMessage === "string" ? splitMessage(errorMessage) : wrong(`failed unexpectedly (${name})`, again);
}

const again =
  "Run the doctor again. If it stays, see what Application Insights has of function checkUp (docs/operations.md).";

/** Our own messages say first what is, and then what to do about it. */
export function splitMessage(message: string): Told {
  const [, text = message, todo = again] = /^(.*?[.!)])\s+([A-Z].*)$/s.exec(message) ?? [];
  return wrong(text, todo);
}
