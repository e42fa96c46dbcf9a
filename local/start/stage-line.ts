import type { DropState } from "../../shared/pipeline/drop-state.ts";

/** How far a drop is, in numbers. */
export interface Standing {
  readonly drop: DropState;
  /** Files that have come from the site. */
  readonly fetched: number;
  /** Files that are cut, or still arriving: they are looked for once more. */
  readonly incomplete: number;
  /** Chunks that are mapped. */
  readonly routed: number;
  /** Items x mailboxes, known from `gathered` on. */
  readonly available: number;
  readonly settled: number;
  readonly mailboxes: number;
  readonly finished: number;
}

/** Where a drop is in one line: the stage, then counts, and while items go into mailboxes rate and time left. */
export function toStageLine(standing: Standing, perSecond: number): { stage: string; counts: string } {
  const { drop, fetched, incomplete, routed, mailboxes } = standing;
  const at = (stage: string, counts: string) => ({ stage: `${toName(drop)} ${stage}: `, counts });
  switch (drop.state) {
    case "collecting": {
      const again = incomplete === 0 ? "" : `, ${incomplete} incomplete: looked for once more`;
      return at("fetching", `${fetched}/${drop.files.length} files${again}`);
    }
    case "released":
    case "counted":
      return at("opening", `${drop.chatFiles.length} chat files, ${drop.items} items`);
    case "sealed":
      return at("mapping", `${routed}/${drop.chunks ?? 0} chunks, ${drop.items} items`);
    case "routed":
    case "gathered":
      return at("gathering", `${mailboxes} mailboxes so far`);
    case "importing":
      return at("importing", toImported(standing, perSecond));
    case "verifying":
    case "closed":
    case "held":
      return at(drop.state, `${drop.items} items`);
  }
}

/** Items settled, as a share of 1; undefined outside of the import. */
export function toShare({ drop, settled, available }: Standing): number | undefined {
  return drop.state !== "importing" || available === 0 ? undefined : Math.min(1, settled / available);
}

function toName({ id, gen }: DropState): string {
  return gen === 1 ? id : `${id} generation ${gen}`;
}

function toImported({ settled, available, finished, mailboxes }: Standing, perSecond: number): string {
  const counts = `${settled}/${available} items, ${finished}/${mailboxes} mailboxes`;
  if (perSecond <= 0) return counts;
  return `${counts}, ${Math.round(perSecond)}/s, ${toDuration((available - settled) / perSecond)} left`;
}

function toDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 90 ? `${whole} s` : `${Math.round(whole / 60)} min`;
}
