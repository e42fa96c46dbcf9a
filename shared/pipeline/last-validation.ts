import * as z from "zod";
import type { ConnectorName } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import { paths } from "../store/paths.ts";
import { putDocument, readDocument } from "../store/state-document.ts";
import { validationSteps, validationVerdicts } from "./validation-steps.ts";

/** `state/validation/{connector}`: how its connection was last found. Nothing of the site or its files is in it. */
const lastValidation = z.object({
  v: z.literal(1),
  /** ms since 1970 */
  at: z.number(),
  isOk: z.boolean(),
  /** Of records from before this was told apart, absent. */
  verdict: z.enum(validationVerdicts).optional(),
  failedStep: z.enum(validationSteps).optional(),
  reason: z.string().optional(),
});
/** How a connection was last found. */
export type LastValidation = Omit<z.infer<typeof lastValidation>, "v">;

/** Notes how a connection was found. */
export async function noteValidation(
  { blobs, writer }: { readonly blobs: Pick<Blobs, "read" | "create" | "replace">; readonly writer: string },
  name: ConnectorName,
  found: LastValidation,
): Promise<void> {
  await putDocument(blobs, paths.validation(name), lastValidation, () => ({ v: 1, ...found }), { writer });
}

/** How it was last found; undefined when it was never tried. */
export async function readLastValidation(
  blobs: Pick<Blobs, "read">,
  name: ConnectorName,
): Promise<LastValidation | undefined> {
  return (await readDocument(blobs, paths.validation(name), lastValidation))?.value;
}
