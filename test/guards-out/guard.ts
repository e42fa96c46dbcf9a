/**
 * What a guard is there for. R1: nothing is lost. R2: nothing comes twice. R3: one writer a mailbox. R4: all or nothing at
 * the gate. R5: no plaintext and no secret where it need not be. R6: bad input costs nothing. R7: load stays bounded.
 * R8: every write's outcome is ambiguous. R9: nobody does or learns what they may not.
 */
export type Rule = "R1" | "R2" | "R3" | "R4" | "R5" | "R6" | "R7" | "R8" | "R9";

/** Tests that must notice that a guard is missing. */
export interface Watcher {
  /** Test file, from the repository's root. */
  readonly file: string;
  /** Only the tests whose name matches. @default all of the file */
  readonly only?: string;
  /** Tests that have not ended by then count as failed. @default 120,000 */
  readonly limitInMs?: number;
}

/** A change of the product's text. */
export interface Edit {
  /** The product's file, from the repository's root. */
  readonly file: string;
  /** The text that is the guard; it occurs there exactly once. */
  readonly source: string;
  /** What stands there when it is taken out; the module still loads with it. */
  readonly instead: string;
}

/** A piece of the product that keeps a rule from being broken, and who notices when it is gone. */
export interface Guard extends Edit {
  /** Names it on the command line. */
  readonly name: string;
  readonly rule: Rule;
  /** A second lock on the same door: each alone keeps it shut, so both are taken out. */
  readonly also?: readonly Edit[];
  readonly watchers: readonly Watcher[];
}
