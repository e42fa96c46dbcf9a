import { badRequest } from "./graph-refusal.ts";

const TYPES = ["ApplicationTime", "Binary", "Boolean", "CLSID", "Currency", "Double", "Error", "Float"].concat([
  "Integer",
  "Long",
  "Null",
  "Object",
  "Short",
  "String",
  "SystemTime",
]);

const TAG = /^0x([0-9a-f]{1,8})$/i;
const NAMED = /^\{([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\} (?:Name (.+)|Id (0x[0-9a-f]{1,8}|\d+))$/i;
/** Above this a tag stands for a named property of this one mailbox only, which Graph does not take. */
const HIGHEST_TAG = 0x7fff;

/**
 * An extended property's id as Graph gives it back, whatever way it was written: `SystemTime 0xe06`,
 * `String {00020329-...} Name IceChatImportKey`. The name's case counts, that of the rest does not.
 *
 * @throws GraphRefusal 400 when it is no id
 */
export function parsePropertyId(id: string): string {
  const space = id.indexOf(" ");
  const type = TYPES.find((known) => known.toLowerCase() === id.slice(0, space).toLowerCase());
  const rest = id.slice(space + 1);
  const tag = TAG.exec(rest)?.[1];
  if (type !== undefined && tag !== undefined) return toTagged(id, type, Number.parseInt(tag, 16));
  const [, guid, name, number] = NAMED.exec(rest) ?? [];
  if (type === undefined || guid === undefined) throw invalidId(id);
  return `${type} {${guid.toLowerCase()}} ${name === undefined ? `Id ${toHex(Number(number))}` : `Name ${name}`}`;
}

function toTagged(id: string, type: string, tag: number): string {
  if (tag > HIGHEST_TAG) throw invalidId(id);
  return `${type} ${toHex(tag)}`;
}

function toHex(value: number): string {
  return `0x${value.toString(16)}`;
}

function invalidId(id: string): Error {
  return badRequest(
    `The property id '${id}' is invalid. PropertyId values may only be in one of the following formats: ` +
      "'MapiPropertyType namespaceGuid Name propertyName', 'MapiPropertyType namespaceGuid Id propertyId' " +
      "or 'MapiPropertyType propertyTag'.",
  );
}

/** Whether look-ups by this property are answered from an index: those by which an app finds its own items again. */
export function isIndexed(canonicalId: string): boolean {
  return canonicalId.startsWith("String {");
}

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Checks a value against its property's type; every value is a string on the wire.
 *
 * @throws GraphRefusal 400
 */
export function checkPropertyValue(canonicalId: string, value: string): void {
  const type = canonicalId.slice(0, canonicalId.indexOf(" "));
  const fits = type === "SystemTime" ? isDate(value) : (VALUES[type]?.test(value) ?? true);
  if (!fits) throw badRequest(`The value '${value}' of the property '${canonicalId}' is no ${type}.`);
}

const VALUES: Readonly<Record<string, RegExp>> = {
  Integer: /^-?\d{1,10}$/,
  Long: /^-?\d{1,19}$/,
  Short: /^-?\d{1,5}$/,
  Boolean: /^(true|false)$/i,
  Binary: /^[A-Za-z0-9+/]*={0,2}$/,
};

function isDate(value: string): boolean {
  return DATE.test(value) && !Number.isNaN(Date.parse(value));
}

/** Milliseconds since 1970 of a SystemTime's value; one without a zone is UTC. */
export function parseSystemTime(value: string): number {
  return Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(value) ? value : `${value}Z`);
}
