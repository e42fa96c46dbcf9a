import { useEffect, useState } from "react";
import { ask } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { texts } from "../texts.ts";

const words = texts.setup.terms;
/** As shared/chat/identifiers.ts has it. */
const form = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/;
/** `/connectors/new` is the wizard's address. */
const reserved = new Set(["new"]);
const restInMs = 350;

/** How a name stands that is being typed. */
export type NameStanding =
  | { readonly state: "empty" | "checking" | "unknown" | "free" }
  | { readonly state: "wrong"; readonly problem: string };

/** Says while a name is typed whether it can be had. The API has the last word when the set-up is begun. */
export function useNameCheck(name: string): NameStanding {
  const [known, setKnown] = useState<{ readonly name: string; readonly standing: NameStanding }>();
  const problem = formProblem(name);
  useEffect(() => {
    if (problem !== undefined || name === "") return;
    const leaving = new AbortController();
    const tell = (standing: NameStanding): void => {
      if (!leaving.signal.aborted) setKnown({ name, standing });
    };
    const timer = setTimeout(() => void look(name, leaving.signal).then(tell), restInMs);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [name, problem]);
  if (name === "") return { state: "empty" };
  if (problem !== undefined) return { state: "wrong", problem };
  return known?.name === name ? known.standing : { state: "checking" };
}

function formProblem(name: string): string | undefined {
  if (name === "") return undefined;
  if (reserved.has(name)) return words.nameReserved;
  return form.test(name) ? undefined : words.nameForm;
}

/** "unknown" when it cannot be told just now. */
async function look(name: string, signal: AbortSignal): Promise<NameStanding> {
  try {
    const { body } = await ask("checkName", { params: { name } }, { signal });
    return body.isTaken ? { state: "wrong", problem: words.nameTaken } : { state: "free" };
  } catch (error) {
    const isLeaving = error instanceof DOMException && error.name === "AbortError";
    if (isLeaving || error instanceof ApiError) return { state: "unknown" };
    throw error;
  }
}
