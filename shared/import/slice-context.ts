import type { MailboxId } from "../chat/identifiers.ts";
import type { Blobs } from "../store/blobs.ts";
import type { Clock } from "../store/clock.ts";
import type { Log } from "../telemetry/log.ts";
import type { Brake } from "./brake.ts";
import type { ItemContext } from "./email-item.ts";
import type { Home } from "./home.ts";
import type { ImportSettings } from "./import-settings.ts";
import type { LeaseGuard } from "./lease-guard.ts";
import type { LedgerWriter } from "./ledger.ts";
import type { Generation } from "./ledger-line.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Progress } from "./progress.ts";

/** Everything that the importing of one slice has in common. */
export interface SliceContext {
  readonly mailboxId: MailboxId;
  readonly generation: Generation;
  /** When the run's first slice began (storage's clock): how long an item may stay in doubt counts from here at the earliest. */
  readonly startedAt: number;
  /** Whether it is the first slice of a drop's first generation. */
  readonly isFirst: boolean;
  readonly item: ItemContext;
  readonly blobs: Pick<Blobs, "read" | "stream" | "createAppendable" | "append" | "now">;
  readonly mailbox: Mailbox;
  readonly home: Home;
  readonly guard: LeaseGuard;
  readonly brake: Brake;
  readonly writer: LedgerWriter;
  readonly progress: Progress;
  readonly clock: Clock;
  readonly settings: ImportSettings;
  readonly log: Log;
}
