/** What a stand-in asks for the time: milliseconds since 1970. Tests hand in one that they move by hand. */
export interface Clock {
  now(): number;
}

/** The machine's own clock, what every stand-in uses unless it is given another. */
export const systemClock: Clock = { now: () => Date.now() };
