/** What a parser takes at most, so that a hostile file costs bounded time and memory. */
export interface ParseLimits {
  /** Elements inside one another. saxes' time is quadratic in the depth (20,000 deep: 2.5 s). @default 64 */
  readonly depth: number;
  /** Attributes of one element. @default 64 */
  readonly attributes: number;
  /** UTF-16 units of one text: a field, an attribute, a comment. @default 1048576 */
  readonly textLength: number;
  /** Bytes of one flat record in UTF-8, base64 content included. @default 16777216 */
  readonly recordLength: number;
  /** People in one conversation, and recipients named by one record. @default 10000 */
  readonly people: number;
  /** Joins and leaves in one conversation: all of them are needed to tell who was there. @default 500000 */
  readonly moves: number;
  /** Different participants in one file. @default 250000 */
  readonly participants: number;
  /** Attachments of one record, and transfers or edits that wait for their other half in one conversation. @default 10000 */
  readonly pending: number;
  /** Items of one file. @default 10000000 */
  readonly items: number;
}

/** The limits that hold unless a connector has its own. */
export const defaultParseLimits: ParseLimits = {
  depth: 64,
  attributes: 64,
  textLength: 1024 * 1024,
  recordLength: 16 * 1024 * 1024,
  people: 10_000,
  moves: 500_000,
  participants: 250_000,
  pending: 10_000,
  items: 10_000_000,
};

/** Longest ImId, in UTF-16 units (chat/identifiers.ts). */
export const maxImIdLength = 256;
/** Longest e-mail address, in UTF-16 units (RFC 5321 4.5.3.1: 64 + 1 + 255). */
export const maxEmailLength = 320;
/** Longest display name, in UTF-16 units. */
export const maxDisplayNameLength = 256;
/** Longest file name, message id, room or conversation id, in UTF-16 units. */
export const maxNameLength = 1024;
