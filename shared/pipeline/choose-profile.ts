import type { Connector } from "../config/connector.ts";
import type { Profile } from "../parse/profile.ts";
import { detectProfile, profileNamed } from "../parse/profiles.ts";
import { UnparsableFile } from "../parse/unparsable-file.ts";

/** The profile of a file that begins so: the connector's choice, or what the beginning shows. @throws UnparsableFile */
export function chooseProfile(head: Uint8Array, connector: Pick<Connector, "format" | "fieldNames">): Profile {
  return connector.format === "detect" ? detectProfile(head, connector.fieldNames) : profileNamed(connector.format);
}

/**
 * Whether an archive's member is a chat file rather than a file that somebody sent. A chat file that is refused for its
 * DOCTYPE has to be told as such, not taken for an attachment; a web page with one is an attachment.
 */
export function isChatFile(path: string, head: Uint8Array, connector: Connector): boolean {
  try {
    detectProfile(head, connector.fieldNames);
    return true;
  } catch (error) {
    if (error instanceof UnparsableFile) return error.reason === "doctype" && /\.xml\d*$/i.test(path);
    throw error;
  }
}
