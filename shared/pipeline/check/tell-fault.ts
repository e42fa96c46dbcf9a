import { MissingSecret } from "../../secrets/secrets.ts";
import { VaultFault } from "../../secrets/vault-fault.ts";
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
  if (error instanceof VaultFault || error instanceof MissingSecret) return splitSentences(error.message);
  if (error instanceof DocumentFault) {
    return wrong(error.message, "Somebody has edited this blob by hand, or a newer version of the app has written it.");
  }
  const { error: name, errorMessage } = toErrorFields(error);
  return wrong(
    errorMessage === undefined ? `failed unexpectedly (${name})` : String(errorMessage),
    "Run the doctor again. If it stays, look at this check's lines in Application Insights (docs/operations.md).",
  );
}

/** Our messages say first what is, then what to do. */
export function splitSentences(message: string): Told {
  const [, text = message, todo = ""] = /^(.*?[.!)])\s+([A-Z].*)$/s.exec(message) ?? [];
  return wrong(text, todo === "" ? "Run the doctor again when it is mended." : todo);
}
