import type { FixtureApp } from "./fixture-app.ts";

/** Three connectors and their drops, as an operator may find them one morning: one well, one at work, one held. */
export function answerDay(app: FixtureApp): void {
  app.answer("readSystem", { version: "0.1.0", outboundIp: "203.0.113.7", now: "2026-06-04T08:00:00.000Z" });
  app.answer("listConnectors", { items: connectors });
  app.answer("readConnector", connectorDetails);
  app.answer("listSecrets", { items: secrets });
  app.answer("listDrafts", {
    items: [
      {
        name: "acme-tokyo",
        createdAt: "2026-06-03T10:00:00.000Z",
        changedAt: "2026-06-03T11:00:00.000Z",
        nextStep: "mapping",
      },
    ],
  });
  app.answer("listDrops", { items: [running, held, closed] });
  app.answer("readDrop", ({ params }) => viewOf(params));
  app.answer("readGeneration", generation);
  app.answer("listMailboxes", { items: mailboxes });
  app.answer("listItems", { items, next: "bmV4dA", unreadable: [] });
  app.answer("listUnmapped", { items: unmapped });
  app.answer("listDead", { items: dead });
  app.answer("search", search);
  app.answer("listAudit", { items: audit, next: "bmV4dA" });
}

const key = (letter: string): string => letter.repeat(43);
const file = (letter: string): string => letter.repeat(20);
const oid = "0f0c1a2b-3c4d-5e6f-7a8b-9c0d1e2f3a4b";

/** A drop that is closed, with something of everything. */
export const closed = {
  drop: "acme-london-2026-06-02-1",
  connector: "acme-london",
  siteDay: "2026-06-02",
  seq: 1,
  state: "closed",
  generation: 2,
  scope: "drop",
  openedAt: "2026-06-03T05:00:00.000Z",
  movedAt: "2026-06-03T06:10:00.000Z",
  closedAt: "2026-06-03T06:10:00.000Z",
  files: 4,
  items: 182_340,
  mailboxes: { total: 212, ended: 212 },
  equation: { available: 401_223, imported: 398_100, partial: 12, skipped: 3_002, failed: 109, open: 0 },
  isBalanced: true,
  unmappedItems: 31,
  gate: { siteDayItems: 182_340, limit: 200_000 },
  isHeld: false,
  isCleaned: false,
  needs: [
    { kind: "blocked", count: 1, reason: "quota-exceeded", remedy: "reprocess" },
    { kind: "failed", count: 9, reason: "in-doubt", remedy: "reprocess" },
    { kind: "rejected-files", count: 1, remedy: "reprocess" },
  ],
} as const;

/** A drop that is being imported. */
export const running = {
  ...closed,
  drop: "acme-london-2026-06-03-1",
  siteDay: "2026-06-03",
  state: "importing",
  generation: 1,
  closedAt: undefined,
  openedAt: "2026-06-04T05:00:00.000Z",
  movedAt: "2026-06-04T05:20:00.000Z",
  mailboxes: { total: 214, ended: 60 },
  equation: { available: 412_800, imported: 130_004, partial: 2, skipped: 11, failed: 0, open: 282_783 },
  needs: [],
} as const;

/** A drop that the gate holds. */
export const held = {
  drop: "globex-2026-06-03-1",
  connector: "globex",
  siteDay: "2026-06-03",
  seq: 1,
  state: "held",
  generation: 1,
  scope: "drop",
  openedAt: "2026-06-04T05:00:00.000Z",
  movedAt: "2026-06-04T05:04:00.000Z",
  files: 2,
  items: 1_204_410,
  gate: { siteDayItems: 1_204_410, limit: 200_000 },
  isHeld: true,
  isCleaned: false,
  needs: [{ kind: "held", count: 1_204_410, remedy: "release" }],
} as const;

const view = {
  feed: "ACME01",
  asOf: "2026-06-04T08:00:00.000Z",
  imbalances: [],
  outOfScopeItems: 0,
  bars: [],
  waiting: [],
  fileStates: { listed: 0, fetched: 0, verified: 3, rejected: 1, duplicate: 0, incomplete: 0 },
  mailboxStates: { pending: 0, running: 0, waiting: 0, done: 212, blocked: 0 },
  generations: [
    {
      generation: 2,
      status: "closed",
      scope: "drop",
      closedAt: closed.closedAt,
      items: closed.items,
      equation: closed.equation,
      isBalanced: true,
      unmappedItems: 31,
    },
    { generation: 1, status: "given-up", scope: "drop" },
  ],
  unreadable: [],
  actions: { release: false, reprocess: true, restart: false, redrive: true },
} as const;

/** What the page of each drop is told. */
export const views = {
  [closed.drop]: { ...closed, ...view },
  [held.drop]: {
    ...held,
    ...view,
    feed: "GLOBEX",
    generations: [{ generation: 1, status: "running", scope: "drop" }],
    actions: { release: true, reprocess: false, restart: false, redrive: false },
  },
  [running.drop]: {
    ...running,
    ...view,
    mailboxStates: { pending: 150, running: 3, waiting: 1, done: 60, blocked: 0 },
    bars: [
      { stage: "files", done: 4, total: 4, isCurrent: false },
      { stage: "chunks-opened", done: 3, total: 3, isCurrent: false },
      { stage: "chunks-mapped", done: 365, total: 365, isCurrent: false },
      { stage: "partitions", done: 8, total: 8, isCurrent: false },
      { stage: "mailboxes", done: 60, total: 214, isCurrent: true },
      { stage: "items", done: 130_017, total: 412_800, isCurrent: true },
    ],
    pace: {
      perMinute: 5_310,
      overInMs: 900_000,
      runningMailboxes: 63,
      left: { inMs: 3_190_000, atLeastInMs: 2_700_000, atMostInMs: 4_500_000, sureness: "good", because: "rate" },
    },
    waiting: [
      { what: "mailbox", reason: "throttled", count: 3, open: 9_120, nextAt: "2026-06-04T08:03:00.000Z" },
      { what: "mailbox", reason: "queued", count: 88, open: 201_004 },
    ],
    generations: [
      { generation: 1, status: "running", scope: "drop", items: running.items, equation: running.equation },
    ],
    actions: { release: false, reprocess: false, restart: true, redrive: false },
  },
} as const;

function viewOf(params: unknown): unknown {
  const known: Readonly<Record<string, unknown>> = views;
  if (typeof params !== "object" || params === null || !("drop" in params)) throw new Error("No drop is asked for.");
  return known[String(params.drop)];
}

/** The report of the closed drop. */
export const generation = {
  status: "closed",
  state: "closed",
  asOf: closed.closedAt,
  isCleaned: false,
  report: {
    drop: closed.drop,
    gen: 2,
    connector: closed.connector,
    feed: "ACME01",
    siteDay: closed.siteDay,
    items: closed.items,
    equation: closed.equation,
    open: 0,
    isBalanced: true,
    imbalances: [],
    unmappedItems: 31,
    outOfScopeItems: 0,
    unmappedPeople: [],
    mappingNotes: [
      { line: 14, reason: "repeated", firstLine: 3 },
      { line: 20, reason: "mapping-names-no-mailbox" },
    ],
    mailboxes: 212,
    blocked: [{ mailbox: `${oid}.0`, reason: "quota-exceeded", items: 100 }],
    findings: { degraded: 2, deviating: 0, missing: 3, moved: 1, double: 0, unrecorded: 0, unchecked: 0 },
    failures: [{ mailbox: `${oid}.0`, key: key("A"), source: `${file("a")}:17`, reason: "in-doubt" }],
    misroutedItems: 2_100,
    misrouted: [
      {
        key: key("B"),
        chatDay: "2026-06-02",
        source: `${file("a")}:3`,
        mailbox: `${oid}.0`,
        generation: 1,
        isInDoubt: true,
      },
    ],
    dead: [],
    recovered: [],
    files: [
      {
        id: file("a"),
        path: "ACME01_20260602_1.xml.pgp",
        state: "verified",
        items: 100_000,
        unclaimed: 0,
        checksum: "matched",
      },
      { id: file("b"), path: "ACME01_20260602_2.xml.pgp", state: "verified", items: 82_340, unclaimed: 0 },
      {
        id: file("c"),
        path: "ACME01_20260602_3.xml.pgp",
        state: "rejected",
        items: 0,
        unclaimed: 0,
        reason: {
          code: "integrity",
          message: "The file's integrity check failed: it was damaged or changed.",
          offset: 40_960,
        },
      },
      { id: file("d"), path: "ACME01_20260602_1.copy.xml.pgp", state: "duplicate", items: 0, unclaimed: 0 },
    ],
  },
  tables: [
    "summary",
    "files",
    "unmapped",
    "mapping",
    "dead",
    "mailboxes",
    "failures",
    "findings",
    "misrouted",
    "items",
  ],
  unreadable: [],
} as const;

const mailboxes = [
  {
    mailbox: `${oid}.0`,
    address: "fay.strouds@acme.example",
    displayName: "Fay Strouds",
    state: "blocked",
    reason: "quota-exceeded",
    progressedAt: "2026-06-03T05:50:00.000Z",
    available: 4_100,
    imported: 4_000,
    partial: 0,
    skipped: 0,
    failed: 100,
    open: 0,
  },
  {
    mailbox: "1a2b3c4d-0000-4000-8000-000000000002.0",
    address: "omar.haddad@acme.example",
    displayName: "Omar Haddad",
    state: "waiting",
    reason: "throttled",
    nextAt: "2026-06-04T08:03:00.000Z",
    available: 2_250,
    imported: 1_100,
    partial: 1,
    skipped: 9,
    failed: 0,
    open: 1_140,
  },
  {
    mailbox: "1a2b3c4d-0000-4000-8000-000000000003.1",
    state: "done",
    available: 812,
    imported: 812,
    partial: 0,
    skipped: 0,
    failed: 0,
    open: 0,
  },
] as const;

const items = [
  {
    key: key("A"),
    chatDay: "2026-06-02",
    file: file("a"),
    position: 17,
    mailbox: `${oid}.0`,
    outcome: "failed",
    reason: "in-doubt",
  },
  {
    key: key("C"),
    chatDay: "2026-06-02",
    file: file("b"),
    position: 1_204,
    mailbox: `${oid}.0`,
    outcome: "failed",
    reason: "blocked:quota-exceeded",
  },
  { key: key("D"), chatDay: "2026-06-02", file: file("b"), position: 1_205, outcome: "unmapped" },
] as const;

const unmapped = [
  {
    imId: "fstrouds17",
    displayName: "Fay Strouds",
    firm: "ACME",
    reason: "unknown-user",
    email: "fay@old-acme.example",
    items: 22,
    canBeMapped: true,
  },
  { email: "desk@broker.example", reason: "ambiguous", items: 9, canBeMapped: false },
] as const;

const dead = [
  {
    id: `mailboxes/${closed.drop}/2/${oid}.0`,
    queue: "mailboxes",
    work: `mailbox ${oid}.0`,
    connector: closed.connector,
    drop: closed.drop,
    generation: 2,
    mailbox: `${oid}.0`,
    standing: "open",
    deaths: 1,
    firstAt: "2026-06-03T05:55:00.000Z",
    lastAt: "2026-06-03T05:55:00.000Z",
    reason: "GraphRefusal: 501",
    redrives: 0,
  },
] as const;

const fetches = {
  fetchedAt: "2026-06-04T05:00:10.000Z",
  triedAt: "2026-06-04T05:00:10.000Z",
  lastFileAt: "2026-06-04T05:00:10.000Z",
  unsettled: 0,
  nextAt: "2026-06-05T05:00:00.000Z",
} as const;

const connectors = [
  {
    name: "acme-london",
    feed: "ACME01",
    isPaused: false,
    host: "sftp.ice.example",
    schedule: "0 6 * * *",
    zone: "Europe/London",
    fetches,
    lastDrop: { drop: running.drop, gen: 1, state: "importing", items: running.items, needs: [] },
    openDrops: 1,
    heldDrops: 0,
    secrets: [
      { kind: "sftp-password", isSet: true, setAt: "2026-01-10T09:00:00.000Z" },
      {
        kind: "pgp-key",
        number: 1,
        isSet: true,
        setAt: "2025-06-10T09:00:00.000Z",
        expiresAt: "2026-06-10T09:00:00.000Z",
      },
    ],
  },
  {
    name: "globex",
    feed: "GLOBEX",
    isPaused: false,
    host: "sftp.ice.example",
    schedule: "0 6 * * *",
    zone: "America/New_York",
    fetches: {
      ...fetches,
      refused: {
        reason: "password-refused",
        message: "The site refused the password. Set the one that ICE gave you.",
        until: "2026-06-04T08:30:00.000Z",
      },
    },
    lastDrop: { drop: held.drop, gen: 1, state: "held", items: held.items, needs: held.needs },
    openDrops: 1,
    heldDrops: 1,
    secrets: [{ kind: "sftp-password", isSet: false }],
  },
  {
    name: "initech",
    feed: "INITECH",
    isPaused: true,
    host: "sftp.ice.example",
    schedule: "0 6 * * *",
    zone: "UTC",
    fetches: { unsettled: 0 },
    openDrops: 0,
    heldDrops: 0,
    secrets: [],
  },
] as const;

const connectorDetails = {
  connector: {
    v: 1,
    name: "acme-london",
    feed: "ACME01",
    isPaused: false,
    site: {
      host: "sftp.ice.example",
      port: 22,
      user: "ACME01",
      hostKeys: [`SHA256:${"a".repeat(43)}`],
      folder: "/outgoing",
      exclude: [],
      login: "password",
      checksums: "compare",
    },
    zone: "Europe/London",
    schedule: "0 6 * * *",
    encryption: { type: "pgp", keys: [1], signers: [] },
    format: "detect",
    fieldNames: {},
    mapping: { isAutomatic: true },
    people: { type: "everybody" },
    itemLimit: 200_000,
    item: { itemClass: "IPM.Note", withAttachments: true, recipientCap: 500 },
  },
  fetches,
  lastDrop: { drop: running.drop, gen: 1, state: "importing", items: running.items, needs: [] },
  openDrops: 1,
  heldDrops: 0,
  validated: { at: "2026-05-01T09:00:00.000Z", isOk: true, verdict: "works" },
} as const;

const secrets = [
  { kind: "sftp-password", isSet: true, isNeeded: true, isCurrent: true, setAt: "2026-01-10T09:00:00.000Z" },
  {
    kind: "pgp-key",
    number: 2,
    isSet: true,
    isNeeded: true,
    isCurrent: true,
    setAt: "2026-05-01T09:00:00.000Z",
    expiresAt: "2028-05-01T09:00:00.000Z",
    fingerprint: "9F1C".repeat(10),
    algorithm: "rsa4096",
  },
  { kind: "pgp-key", number: 1, isSet: true, isNeeded: false, isCurrent: false, setAt: "2025-05-01T09:00:00.000Z" },
] as const;

const search = {
  items: [
    {
      type: "drop",
      drop: closed.drop,
      connector: closed.connector,
      siteDay: closed.siteDay,
      state: "closed",
      as: "siteDay",
      generation: 2,
    },
    {
      type: "person",
      drop: closed.drop,
      connector: closed.connector,
      siteDay: closed.siteDay,
      generation: 2,
      as: "unmapped",
      imId: "fstrouds17",
      displayName: "Fay Strouds",
      reason: "unknown-user",
      items: 22,
    },
    {
      type: "file",
      drop: closed.drop,
      connector: closed.connector,
      siteDay: closed.siteDay,
      file: file("a"),
      path: "ACME01_20260602_1.xml.pgp",
      state: "verified",
      as: "name",
    },
    {
      type: "item",
      drop: closed.drop,
      connector: closed.connector,
      siteDay: closed.siteDay,
      generation: 2,
      key: key("A"),
      chatDay: "2026-06-02",
      file: file("a"),
      position: 17,
      mailboxes: [`${oid}.0`],
      mailboxCount: 1,
    },
  ],
  kinds: ["person", "file"],
  searchedDrops: 31,
  searchedTo: "2026-05-04",
  next: "bmV4dA",
  notSearched: [{ what: "people", reason: "plaintext-deleted", drops: 24 }],
} as const;

const audit = [
  {
    id: "2026-06-04T07:58:00.000Z-1",
    at: "2026-06-04T07:58:00.000Z",
    principal: `entra:${oid}@99999999-0000-4000-8000-000000000000`,
    by: "api",
    action: "release",
    target: held.drop,
    details: { items: 1_204_410 },
  },
  {
    id: "2026-06-03T09:00:00.000Z-1",
    at: "2026-06-03T09:00:00.000Z",
    principal: "os:operator@jumpbox",
    by: "operate",
    action: "reprocess",
    target: closed.drop,
    details: { generation: 2, scope: "files", files: [file("c")] },
  },
] as const;
