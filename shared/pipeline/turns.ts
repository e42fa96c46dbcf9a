/** Lets work of one kind have its turn. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * One after the other, in the order of asking, within a process: for work that fills memory or the processor by itself, and
 * of which a host gives a process several messages at once. Work that fails keeps nobody from his turn.
 */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
