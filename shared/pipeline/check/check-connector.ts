import type { ConnectorName } from "../../chat/identifiers.ts";
import { type Connector, connector } from "../../config/connector.ts";
import { parseMapping } from "../../map/mapping.ts";
import { mappingFaultTexts } from "../../map/mapping-line.ts";
import type { Blobs } from "../../store/blobs.ts";
import { paths } from "../../store/paths.ts";
import { readDocument } from "../../store/state-document.ts";
import { ok, type Told, warning, wrong } from "./finding.ts";

/** What looking at a connector takes. */
export interface ConnectorDeps {
  readonly blobs: Pick<Blobs, "read">;
  readonly name: ConnectorName;
}

/** The connector of that name, or what is wrong with its record. */
export async function readConnector({ blobs, name }: ConnectorDeps): Promise<Connector | Told> {
  const found = await readDocument(blobs, paths.connector(name), connector);
  if (found === undefined) {
    return wrong("its record is gone", "It was taken away while the check was running: run the doctor again.");
  }
  if (found.value.name === name) return found.value;
  return wrong(
    `its record calls it ${found.value.name}`,
    `state/connector/${name} and the name in it have to be the same; set the connector up again.`,
  );
}

/** Tells what a connector is set up to do. */
export function tellConnector({ isPaused, schedule, zone, encryption, format }: Connector): Told {
  const text = `${encryption.type === "pgp" ? "PGP" : "not encrypted"}, format ${format}, schedule "${schedule}" in ${zone}`;
  if (!isPaused) return ok(text);
  return warning(`paused: nothing is fetched (${text})`, "Right while it is meant to be; else set isPaused to false.");
}

const mostLines = 5;

/** Reads the connector's mapping as the stages will. Lines are told by number, since they hold people. */
export async function* checkMapping(deps: ConnectorDeps, { mapping }: Connector): AsyncGenerator<Told> {
  const stored = await deps.blobs.read(paths.mapping(deps.name));
  if (stored === undefined) {
    yield mapping.isAutomatic
      ? ok("none: people are found by their own addresses")
      : wrong(
          "there is none, and people are not found by their own addresses",
          "Upload one, or nobody's chats are imported.",
        );
    return;
  }
  const parsed = await parseMapping([stored.bytes]);
  if (!parsed.isValid) {
    const lines = parsed.faults
      .slice(0, mostLines)
      .map(({ line, reason }) => `line ${line}: ${mappingFaultTexts[reason]}`);
    const more = parsed.faults.length - lines.length;
    yield wrong(`${lines.join("; ")}${more > 0 ? `; and ${more} more` : ""}`, "Mend these lines and upload it again.");
    return;
  }
  const people = parsed.mapping.entries.size;
  const others = mapping.isAutomatic ? "others by their own addresses" : "nobody else";
  if (parsed.warnings.length === 0) {
    yield ok(`${people} ImIds, ${others}`);
    return;
  }
  const lines = parsed.warnings.slice(0, mostLines).map(({ line }) => line);
  yield warning(`${people} ImIds, ${others}; repeated in lines ${lines.join(", ")}`, "Take the repeated lines out.");
}
