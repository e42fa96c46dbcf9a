import { commonFields, type EventName, events } from "../../../shared/telemetry/events.ts";
import { elements, type Node, type Parsed, part, walk, wordsOf } from "./kusto.ts";

const comparisons = ["==", "!=", "=~", "!~", "<", ">", "<=", ">="];
const numbers = ["int", "long", "real", "decimal"];

/** The events that a query names. */
export function eventsIn({ root }: Parsed): readonly string[] {
  const words = [...walk(root)].flatMap(({ kind, text }) => (kind === "token" ? [text] : []));
  const names = words.flatMap((word) => /^"([a-z]+\.[a-z]+(?:-[a-z]+)*)"$/.exec(word)?.[1] ?? []);
  return [...new Set(names)];
}

/** The fields of the app's lines that a query reads: `Line.failed`, `Line["missing"]`. */
export function lineFieldsIn({ root }: Parsed): readonly string[] {
  const fields = [...walk(root)].flatMap((node) => {
    if (node.kind !== "PathExpression" && node.kind !== "ElementExpression") return [];
    if (wordsOf(part(node, "Expression")) !== "Line") return [];
    return wordsOf(part(node, "Selector"))
      .replace(/^\[ *["']|["'] *\]$/g, "")
      .trim();
  });
  return [...new Set(fields)];
}

/** Fields that no event named in the query has: they are null in every row. */
export function unknownFieldsIn(parsed: Parsed): readonly string[] {
  const named = eventsIn(parsed).filter(isEvent);
  const known = new Set<string>(["event", ...commonFields, ...named.flatMap((name) => events[name].fields)]);
  return lineFieldsIn(parsed).filter((field) => !known.has(field));
}

/** Whether the catalog has an event of that name. */
export function isEvent(name: string): name is EventName {
  return name in events;
}

/**
 * Comparisons of two types, which the parser lets pass and the service refuses (SEM0064), and of dynamic values, which
 * compare by their JSON form and not by their value.
 */
export function mixedComparisonsIn({ root }: Parsed): readonly string[] {
  return [...walk(root)].flatMap((node) => {
    const pairs = pairsOf(node);
    return pairs.every(([left, right]) => areAlike(left.type, right.type)) ? [] : [wordsOf(node)];
  });
}

function pairsOf(node: Node): (readonly [Node, Node])[] {
  if (node.kind === "BinaryExpression" && comparisons.includes(wordsOf(part(node, "Operator")))) {
    return [[part(node, "Left"), part(node, "Right")]];
  }
  if (node.kind !== "InExpression" && node.kind !== "BetweenExpression") return [];
  const left = part(node, "Left");
  const right = part(node, "Right");
  if (node.kind === "BetweenExpression") return [part(right, "First"), part(right, "Second")].map((one) => [left, one]);
  // A list that is handed in as one value, or a table's column, has no types of its own.
  const listed = elements(part(right, "Expressions")).filter(({ type }) => type !== "dynamic" && type !== "");
  return (listed.length > 0 ? listed : [{ ...left, type: left.type === "dynamic" ? "string" : left.type }]).map(
    (one) => [left, one],
  );
}

function areAlike(left: string, right: string): boolean {
  if (left === "dynamic" || right === "dynamic") return false;
  return left === right || (numbers.includes(left) && numbers.includes(right));
}
