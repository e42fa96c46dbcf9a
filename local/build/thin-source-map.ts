import { z } from "zod";
import { formatNumbers, parseNumbers } from "./source-map-numbers.ts";

const sourceMap = z.object({ version: z.literal(3), sources: z.array(z.string()), mappings: z.string() });

/** Where a piece of a bundle's line comes from; all counted from 0. */
interface Place {
  readonly source: number;
  readonly line: number;
}

interface Piece {
  readonly column: number;
  readonly from: Place | undefined;
}

/**
 * A source map with those sources only for which `toName` has a name, exact to the line, without columns: a stack in the logs then
 * names file and line of our code, and the map is a thirtieth of the whole one, which would more than double the package.
 * Throws a ZodError when the text is no source map.
 */
export function toThinSourceMap(text: string, toName: (source: string) => string | undefined): string {
  const { sources, mappings } = sourceMap.parse(JSON.parse(text));
  const kept: string[] = [];
  const places = sources.map((source) => {
    const name = toName(source);
    return name === undefined ? undefined : kept.push(name) - 1;
  });
  const lines = readPieces(mappings).map((line) => thin(line, places));
  return JSON.stringify({ version: 3, sources: kept, names: [], mappings: writePieces(lines) });
}

/** Drops the places of other sources, and each piece that says the same line as the one before it. */
function thin(pieces: readonly Piece[], places: readonly (number | undefined)[]): Piece[] {
  const kept: Piece[] = [];
  for (const { column, from } of pieces) {
    const source = from === undefined ? undefined : places[from.source];
    const to = from === undefined || source === undefined ? undefined : { ...from, source };
    const last = kept.at(-1)?.from;
    // A line's first piece is kept even if it is nobody's: Node would take it for the end of the line before.
    const isFirst = kept.length === 0;
    if (isFirst || last?.source !== to?.source || last?.line !== to?.line) kept.push({ column, from: to });
  }
  return kept;
}

function readPieces(mappings: string): Piece[][] {
  let [source, line] = [0, 0];
  return mappings.split(";").map((text) => {
    let at = 0;
    return text.split(",").flatMap((segment): Piece[] => {
      if (segment === "") return [];
      const [step = 0, ...place] = parseNumbers(segment);
      at += step;
      if (place.length === 0) return [{ column: at, from: undefined }];
      source += place[0] ?? 0;
      line += place[1] ?? 0;
      return [{ column: at, from: { source, line } }];
    });
  });
}

function writePieces(lines: readonly (readonly Piece[])[]): string {
  let last: Place = { source: 0, line: 0 };
  return lines
    .map((pieces) => {
      let at = 0;
      const segments = pieces.map(({ column, from }) => {
        const step = column - at;
        at = column;
        if (from === undefined) return formatNumbers([step]);
        const { source, line } = last;
        last = from;
        return formatNumbers([step, from.source - source, from.line - line, 0]);
      });
      return segments.join(",");
    })
    .join(";");
}
