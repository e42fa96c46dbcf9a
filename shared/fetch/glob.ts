/** What a step takes: one character (undefined: any), or any number of them; or it goes on at several places at once. */
type Step =
  | { readonly type: "one"; readonly char: string | undefined }
  | { readonly type: "many" }
  | { readonly type: "fork"; readonly to: readonly number[] };

/**
 * Builds the test whether a name fits a pattern of `*`, `?` and `{a,b}`, in any case. All ways of fitting are followed at
 * once, so that it takes time by the length of name times pattern: a regular expression would try them one by one, and a
 * site could hold the whole app up for hours with one long name.
 */
export function toGlob(pattern: string): (name: string) => boolean {
  const steps = toSteps(pattern.replaceAll(/\*+/g, "*"));
  // Which step was last reached at which character, so that each is followed once a character.
  const reachedAt = new Int32Array(steps.length + 1);
  const reach = (states: number[], state: number, at: number): void => {
    if (reachedAt[state] === at) return;
    reachedAt[state] = at;
    const step = steps[state];
    if (step?.type === "fork") for (const to of step.to) reach(states, to, at);
    else states.push(state);
    if (step?.type === "many") reach(states, state + 1, at);
  };
  return (name) => {
    reachedAt.fill(-1);
    let at = 0;
    let states: number[] = [];
    reach(states, 0, at);
    for (const char of name) {
      at += 1;
      const next: number[] = [];
      const small = char.toLowerCase();
      for (const state of states) {
        const step = steps[state];
        if (step?.type === "many") reach(next, state, at);
        else if (step?.type === "one" && (step.char ?? small) === small) reach(next, state + 1, at);
      }
      states = next;
      if (states.length === 0) return false;
    }
    return states.includes(steps.length);
  };
}

function toSteps(pattern: string): Step[] {
  const steps: Step[] = [];
  // A brace that is not closed, or opens twice, means itself.
  for (const part of pattern.split(/(\{[^{}]*\})/)) {
    if (/^\{[^{}]*\}$/.test(part)) addChoice(steps, part.slice(1, -1).split(","));
    else for (const char of part) steps.push(toStep(char));
  }
  return steps;
}

/** A fork to each word; each word ends with a fork to what is behind them all. */
function addChoice(steps: Step[], words: readonly string[]): void {
  const lengths = words.map((word) => Array.from(word).length + 1);
  const starts = lengths.map((_, at) => lengths.slice(0, at).reduce((sum, length) => sum + length, steps.length + 1));
  const behind = lengths.reduce((sum, length) => sum + length, steps.length + 1);
  steps.push({ type: "fork", to: starts });
  for (const word of words) {
    for (const char of word) steps.push(toStep(char));
    steps.push({ type: "fork", to: [behind] });
  }
}

function toStep(char: string): Step {
  if (char === "*") return { type: "many" };
  return { type: "one", char: char === "?" ? undefined : char.toLowerCase() };
}
