/** Every number that importing one mailbox goes by. Times in ms, sizes in bytes. */
export interface ImportSettings {
  /** Requests at once to one mailbox; Exchange lets an app have 4. @default 3 */
  readonly lanes: number;
  /** Most items whose intents are in one append. @default 90 */
  readonly itemsPerBatch: number;
  /** A ledger file is closed when it has this many blocks; storage's own end is 50,000. @default 45000 */
  readonly blocksPerFile: number;
  /** How long the mailbox's lock holds without renewal. @default 60000 */
  readonly leaseInMs: number;
  /** How often it is renewed meanwhile. @default 15000 */
  readonly renewEveryInMs: number;
  /** A request is sent only if the last renewal is younger than this. @default 20000 */
  readonly freshLeaseInMs: number;
  /** An item is created only if its intent is younger than this by storage's clock. @default 60000 */
  readonly freshIntentInMs: number;
  /** When a request to Graph is given up. @default 30000 */
  readonly requestTimeoutInMs: number;
  /** Before this much time has passed since the intent, "not there" says nothing. @default 900000 */
  readonly doubtWaitInMs: number;
  /** The same where Graph had answered with a 5xx: the request is over, only the search may lag. @default 60000 */
  readonly answeredDoubtWaitInMs: number;
  /** When an item in doubt is first looked for; "there" settles it at any time. @default 20000 */
  readonly earlyLookUpInMs: number;
  /** When a look-up has failed, the next comes after this. @default 60000 */
  readonly lookUpAgainInMs: number;
  /** An item still in doubt after this, or never taken in all that time, is reported as failed. @default 86400000 */
  readonly doubtLimitInMs: number;
  /** A slice begins no new batch after this. @default 240000 */
  readonly sliceInMs: number;
  /** The longest Retry-After that is waited out inside a slice. @default 20000 */
  readonly longestPauseInMs: number;
  /** The wait after a 429 without Retry-After. @default 10000 */
  readonly retryAfterInMs: number;
  /** So many ambiguous answers in a row mean that Graph is down: the slice ends, or each item would end in doubt. @default 4 */
  readonly outageAfter: number;
  /** How long a mailbox is left alone after that. @default 60000 */
  readonly outagePauseInMs: number;
  /** How long it is left alone when Graph refuses our token, which is nothing of the mailbox's doing. @default 300000 */
  readonly unauthorisedPauseInMs: number;
  /** A message whose mailbox is locked by another worker comes back after this. @default 120000 */
  readonly lockedPauseInMs: number;
  /** Most look-ups of items that verify did not find in the folder. @default 200 */
  readonly verifyLookUps: number;
  /** A slice begins to read no further chat day back after this. @default 240000 */
  readonly verifyInMs: number;
  /** So many slices may read back; what they have not read is reported as not verified. @default 12 */
  readonly verifySlices: number;
  /** Most lines of findings, for each sort, that a result names one by one. @default 1000 */
  readonly findingsNamed: number;
  /**
   * Whether an item without a line in the ledger is looked for before it is created: after lines of the ledger were lost.
   * @default false
   */
  readonly looksFirst: boolean;
  /** The folder in each mailbox. @default ICE Chat */
  readonly folder: string;
  /** Drops whose resolved people are kept in memory. @default 4 */
  readonly peopleInMemory: number;
}

const defaults: ImportSettings = {
  lanes: 3,
  itemsPerBatch: 90,
  blocksPerFile: 45_000,
  leaseInMs: 60_000,
  renewEveryInMs: 15_000,
  freshLeaseInMs: 20_000,
  freshIntentInMs: 60_000,
  requestTimeoutInMs: 30_000,
  doubtWaitInMs: 900_000,
  answeredDoubtWaitInMs: 60_000,
  earlyLookUpInMs: 20_000,
  lookUpAgainInMs: 60_000,
  doubtLimitInMs: 86_400_000,
  sliceInMs: 240_000,
  longestPauseInMs: 20_000,
  retryAfterInMs: 10_000,
  outageAfter: 4,
  outagePauseInMs: 60_000,
  unauthorisedPauseInMs: 300_000,
  lockedPauseInMs: 120_000,
  verifyLookUps: 200,
  verifyInMs: 240_000,
  verifySlices: 12,
  findingsNamed: 1000,
  looksFirst: false,
  folder: "ICE Chat",
  peopleInMemory: 4,
};

/**
 * The settings with what is given put over the defaults. A shorter doubt wait (a laptop's seconds) shortens what it must
 * outlast, so that no choice of waits lets an item be created twice.
 *
 * @throws Error when the waits contradict each other.
 */
export function toImportSettings(given: Partial<ImportSettings> = {}): ImportSettings {
  const doubtWaitInMs = given.doubtWaitInMs ?? defaults.doubtWaitInMs;
  const share = (normal: number): number => Math.min(normal, Math.floor(doubtWaitInMs / 3));
  const settings: ImportSettings = {
    ...defaults,
    freshIntentInMs: share(defaults.freshIntentInMs),
    requestTimeoutInMs: share(defaults.requestTimeoutInMs),
    earlyLookUpInMs: share(defaults.earlyLookUpInMs),
    lookUpAgainInMs: share(defaults.lookUpAgainInMs),
    ...given,
  };
  check(settings);
  return settings;
}

function check(settings: ImportSettings): void {
  const { freshIntentInMs, requestTimeoutInMs, doubtWaitInMs, freshLeaseInMs, leaseInMs, renewEveryInMs } = settings;
  // A worker that everybody takes for dead may still send until its intent is stale, and its request lasts a while.
  if (freshIntentInMs + requestTimeoutInMs > doubtWaitInMs) {
    throw new Error("doubtWaitInMs must be at least freshIntentInMs + requestTimeoutInMs, or an item can come twice");
  }
  if (freshLeaseInMs + requestTimeoutInMs > leaseInMs || renewEveryInMs >= freshLeaseInMs) {
    throw new Error(
      "leaseInMs must cover freshLeaseInMs + requestTimeoutInMs, and renewals must come within the first",
    );
  }
}
