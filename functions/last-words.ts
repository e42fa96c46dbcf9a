import { toErrorFields } from "../shared/telemetry/error-fields.ts";

/** The process, as far as its last moments are concerned. */
export interface DyingProcess {
  prependListener(event: "uncaughtException" | "unhandledRejection", listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

/**
 * Ends the process when an error comes from outside of every invocation, such as a socket's, as Node would: but with
 * words of ours. Node and the Functions worker print the error's own message, which can quote a chat or a key. So these
 * listeners come before the worker's, and leave it nothing to print.
 *
 * @param write must have written when it returns
 */
export function installLastWords(dying: DyingProcess, write: (line: string) => void): void {
  const end = (error: unknown): void => {
    write(`${JSON.stringify({ level: "error", event: "process.crashed", ...toErrorFields(error) })}\n`);
    dying.exit(1);
  };
  dying.prependListener("uncaughtException", end);
  dying.prependListener("unhandledRejection", end);
}
