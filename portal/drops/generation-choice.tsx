import type { ReactNode } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import { useAddressValue } from "../frame/router.tsx";
import { ChoiceFilter, Filters } from "../parts/filters.tsx";
import { texts } from "../texts.ts";

/** The generation that the address names, or the newest. */
export function useGeneration({ generation = 1 }: Pick<DropView, "generation">): number {
  const [value] = useAddressValue("gen");
  const asked = Number.parseInt(value, 10);
  return Number.isNaN(asked) || asked < 1 ? generation : asked;
}

/** Lets the reader look at an earlier generation; not there when there is one only. */
export function GenerationChoice({ drop }: { readonly drop: DropView }): ReactNode {
  const newest = drop.generation ?? 1;
  const readable = drop.generations.filter(({ status }) => status === "closed" || status === "running");
  const others = readable.map(({ generation }) => generation).filter((generation) => generation !== newest);
  if (others.length === 0) return null;
  const choices = [
    ["", texts.drop.newest(newest)] as const,
    ...others.map((generation) => [String(generation), String(generation)] as const),
  ];
  return (
    <Filters label={texts.drop.generationChoice}>
      <ChoiceFilter name="gen" label={texts.drop.generationChoice} choices={choices} />
    </Filters>
  );
}
