import type { DropView } from "../../shared/api/contract/drops.ts";
import type { GenerationView } from "../../shared/api/contract/generations.ts";
import { type Resource, useResource } from "../use-resource.ts";
import { useGeneration } from "./generation-choice.tsx";

/** A running generation's report is made of many reads: asked for less often than the drop, in milliseconds. */
const pollInMs = 20_000;

/** The whole report of the generation that the address names. */
export function useReport(drop: DropView): Resource<GenerationView> {
  const gen = useGeneration(drop);
  const params = { drop: drop.drop, gen };
  return useResource(
    "readGeneration",
    { params },
    { pollInMs: ({ status }) => (status === "closed" ? undefined : pollInMs) },
  );
}
