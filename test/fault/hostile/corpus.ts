import { attachments } from "./cases/attachments.ts";
import { characters } from "./cases/characters.ts";
import { charsets } from "./cases/charsets.ts";
import { csvShape } from "./cases/csv-shape.ts";
import { markup } from "./cases/markup.ts";
import { oddFiles } from "./cases/odd-files.ts";
import { people } from "./cases/people.ts";
import { pgpMessages } from "./cases/pgp.ts";
import { pgpBombs } from "./cases/pgp-bombs.ts";
import { tars } from "./cases/tar.ts";
import { timestamps } from "./cases/timestamps.ts";
import { xmlEntities } from "./cases/xml-entities.ts";
import { xmlStructure } from "./cases/xml-structure.ts";
import { zips } from "./cases/zip.ts";
import type { HostileKind } from "./hostile-case.ts";

/** Every kind of hostile file. */
export const corpus: readonly HostileKind[] = [
  xmlEntities,
  xmlStructure,
  charsets,
  characters,
  csvShape,
  timestamps,
  people,
  markup,
  zips,
  tars,
  pgpMessages,
  pgpBombs,
  attachments,
  oddFiles,
];
