import * as z from "zod";
import { feedId } from "../chat/identifiers.ts";
import { choiceFields, connector, hostKeyFingerprint, keyNumbers, signers, siteFields } from "./connector.ts";

const host = siteFields.host
  .max(253, "at most 253 characters, e.g. sftp.theice.com")
  .regex(/^[A-Za-z0-9._:-]+$/, "a host name or IP address without sftp:// and port, e.g. sftp.theice.com");
const mostPatterns = 50;
/** No file's name is longer. */
const longestPattern = 255;

function areShort(patterns: readonly string[]): boolean {
  return patterns.every((pattern) => pattern.length <= longestPattern);
}

const siteValues = z
  .strictObject({
    ...siteFields,
    host,
    user: siteFields.user.max(256, "at most 256 characters, e.g. ACME01"),
    hostKeys: siteFields.hostKeys.max(10, "at most 10 fingerprints, e.g. the old one and the new one"),
    folder: siteFields.folder.max(1000, "at most 1,000 characters, e.g. /outgoing"),
    include: siteFields.include
      .max(mostPatterns, `at most ${mostPatterns} patterns, e.g. *.pgp`)
      .refine(areShort, `patterns of at most ${longestPattern} characters, e.g. *.pgp`),
    exclude: siteFields.exclude
      .max(mostPatterns, `at most ${mostPatterns} patterns, e.g. *.tmp`)
      .refine(areShort, `patterns of at most ${longestPattern} characters, e.g. *.tmp`),
  })
  .describe(
    "Where the files are and how to sign in. Host keys belong to host and port: change those and name the host keys again.",
  );

const encryptionValues = z
  .discriminatedUnion(
    "type",
    [
      z.strictObject({
        type: z.literal("pgp"),
        signers: signers
          .max(20, "at most 20 keys, e.g. the current one and the next one")
          .optional()
          .describe("Armored public keys of accepted signers; none: signatures are not asked for."),
      }),
      z.strictObject({ type: z.literal("none") }),
    ],
    "pgp or none, e.g. pgp",
  )
  .describe("Whether the files are encrypted. The keys' numbers are not changed here: they come with the keys.");

/**
 * A value, or null to take it back: the field then has its default again, or none. No union with null: its message would be
 * that no form fits, instead of what is right.
 */
function taken<T extends z.ZodType>(value: T) {
  return value.nullable().optional();
}

/** The same for each field of an object. */
const sitePatch = z
  .strictObject({
    host: taken(siteValues.shape.host),
    port: taken(siteValues.shape.port),
    user: taken(siteValues.shape.user),
    hostKeys: taken(siteValues.shape.hostKeys),
    folder: taken(siteValues.shape.folder),
    include: taken(siteValues.shape.include),
    exclude: taken(siteValues.shape.exclude),
    login: taken(siteValues.shape.login),
    checksums: taken(siteValues.shape.checksums),
  })
  .describe(siteValues.description ?? "");

const choicesPatch = {
  zone: taken(choiceFields.zone),
  schedule: taken(choiceFields.schedule),
  encryption: taken(encryptionValues),
  format: taken(choiceFields.format),
  timestampZone: taken(choiceFields.timestampZone),
  fieldNames: taken(choiceFields.fieldNames),
  mapping: taken(choiceFields.mapping),
  people: taken(choiceFields.people),
  itemLimit: taken(choiceFields.itemLimit),
  item: taken(choiceFields.item.partial()),
  site: sitePatch.optional(),
} as const;

/** What is to be changed in a connector: fields that are missing stay, null takes a value back (RFC 7396). */
export const connectorPatch = z
  .strictObject(choicesPatch)
  .describe("Fields that are missing stay as they are; null takes a value back, and its default holds again.");
/** What is to be changed in a connector. */
export type ConnectorPatch = z.infer<typeof connectorPatch>;

/** The same of a draft, which has the feed as well: it is chosen once, before the connector is made. */
export const draftPatch = z
  .strictObject({
    feed: taken(
      feedId.describe("The firm code: what the connector's items belong to for ever. It cannot be changed later."),
    ),
    ...choicesPatch,
  })
  .describe("Fields that are missing stay as they are; null takes a value back.");
/** What is to be changed in a draft. */
export type DraftPatch = z.infer<typeof draftPatch>;

/** What a draft has so far: any part of it may be missing. */
export const draftValues = z.strictObject({
  feed: feedId.optional(),
  site: siteValues.partial().optional(),
  zone: choiceFields.zone.optional(),
  schedule: choiceFields.schedule.optional(),
  encryption: encryptionValues.optional(),
  format: choiceFields.format.optional(),
  timestampZone: choiceFields.timestampZone.optional(),
  fieldNames: choiceFields.fieldNames.optional(),
  mapping: choiceFields.mapping.optional(),
  people: choiceFields.people.optional(),
  itemLimit: choiceFields.itemLimit.optional(),
  item: choiceFields.item.partial().optional(),
});
/** What a draft has so far. */
export type DraftValues = z.infer<typeof draftValues>;

/** A connector that is being set up, with its defaults: what validating a connection takes. */
export const unfinishedConnector = connector.extend({
  feed: feedId.optional(),
  site: connector.shape.site.extend({ hostKeys: z.array(hostKeyFingerprint).default([]) }),
  encryption: z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("pgp"), keys: keyNumbers, signers }),
    z.strictObject({ type: z.literal("none") }),
  ]),
});
/** A connector that is being set up, with its defaults. */
export type UnfinishedConnector = z.infer<typeof unfinishedConnector>;
