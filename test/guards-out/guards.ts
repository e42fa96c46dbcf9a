import { apiCallGuards } from "./api-call-guards.ts";
import { apiGuards } from "./api-guards.ts";
import { checkGuards } from "./check-guards.ts";
import type { Guard } from "./guard.ts";
import { importGuards } from "./import-guards.ts";
import { inputGuards } from "./input-guards.ts";
import { pageGuards } from "./page-guards.ts";
import { peopleGuards } from "./people-guards.ts";
import { pipelineGuards } from "./pipeline-guards.ts";
import { setupGuards } from "./setup-guards.ts";
import { sourceGuards } from "./source-guards.ts";
import { storageGuards } from "./storage-guards.ts";

/** Every guard that is tried. */
export const guards: readonly Guard[] = [
  ...importGuards,
  ...storageGuards,
  ...pipelineGuards,
  ...inputGuards,
  ...sourceGuards,
  ...checkGuards,
  ...apiGuards,
  ...apiCallGuards,
  ...setupGuards,
  ...peopleGuards,
  ...pageGuards,
];
