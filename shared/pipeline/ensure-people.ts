import { type Participant, participant } from "../chat/chat-item.ts";
import type { FileId } from "../chat/identifiers.ts";
import { type People, people as peopleSchema } from "../chat/people.ts";
import type { Directory } from "../directory/directory.ts";
import { parseMapping } from "../map/mapping.ts";
import { resolvePeople } from "../map/resolve-people.ts";
import type { Blobs } from "../store/blobs.ts";
import { readLines } from "../store/lines.ts";
import type { Log } from "../store/log.ts";
import { paths } from "../store/paths.ts";
import { connectorOf } from "./connector-book.ts";
import type { DropState } from "./drop-state.ts";

/** What resolving a drop's people takes. */
export interface PeopleDeps {
  readonly blobs: Blobs;
  readonly directory: Directory;
  readonly log: Log;
  /** How long to wait while another process resolves the people. */
  readonly peopleWaitInMs: number;
}
