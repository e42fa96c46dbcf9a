// Microsoft's own parser, translated from C#. Both files put what they have on the global object; the second brings its types.
import "@kusto/language-service-next/bridge.js";
import "@kusto/language-service-next/Kusto.Language.Bridge.js";
import { type ColumnType, tables } from "./tables.ts";

/** One node of a query: a piece of syntax, or (with `text`) a word of it. */
export interface Node {
  /** The parser's class, such as `PipeExpression`; of a word `token`. */
  readonly kind: string;
  /** What it is to its parent, such as `Left`. */
  readonly role: string;
  /** A word as it stands in the query, without the blanks around it. */
  readonly text: string;
  /** Type of an expression, such as `long` or `dynamic`; empty where there is none. */
  readonly type: string;
  readonly children: readonly Node[];
}

/** A query as the parser understands it. */
export interface Parsed {
  readonly root: Node;
  /** What Azure would refuse, or run in vain: one sentence each, with the words in question. */
  readonly faults: readonly string[];
}

const globals = Kusto.Language.GlobalState.Default?.WithDatabase(toDatabase()) ?? null;

/** Parsing takes some ms, and a query is run over many rows. */
const known = new Map<string, Parsed>();

/** Parses and analyses a query against the workspace's tables (tables.ts). */
export function parseQuery(query: string): Parsed {
  const parsed = known.get(query) ?? parseAnew(query);
  known.set(query, parsed);
  return parsed;
}

function parseAnew(query: string): Parsed {
  const code = Kusto.Language.KustoCode.ParseAndAnalyze(query, globals);
  const root = code?.Syntax;
  if (code == null || root == null) throw new Error("the parser gave no tree");
  return { root: toNode(root), faults: [...listFaults(code, query)] };
}

/** The node and all below it. */
export function* walk(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/** The child of that role. Throws when there is none. */
export function part(node: Node, role: string): Node {
  const found = node.children.find((child) => child.role === role);
  if (found === undefined) throw new Error(`${node.kind} has no ${role}`);
  return found;
}

/** The elements of a list such as `Expressions`, without its commas. */
export function elements(list: Node): readonly Node[] {
  return list.children.flatMap((separated) => separated.children.filter(({ kind }) => kind !== "token"));
}

/** A query's piece in its own words. */
export function wordsOf(node: Node): string {
  return [...walk(node)].flatMap(({ kind, text }) => (kind === "token" ? [text] : [])).join(" ");
}

function toDatabase(): Kusto.Language.Symbols.DatabaseSymbol {
  const symbols = Object.entries(tables).map(([name, columns]) => {
    const schema = Object.entries(columns).map(([column, type]: [string, ColumnType]) => `${column}: ${type}`);
    return new Kusto.Language.Symbols.TableSymbol.$ctor7(name, `(${schema.join(", ")})`, null);
  });
  return new Kusto.Language.Symbols.DatabaseSymbol.ctor("workspace", symbols);
}

function* listFaults(code: Kusto.Language.KustoCode, query: string): Generator<string> {
  const found = code.GetDiagnostics();
  for (let at = 0; at < (found?.Count ?? 0); at += 1) {
    const fault = found?.getItem(at);
    if (fault == null) continue;
    yield `${fault.Severity} ${fault.Code}: ${fault.Message} (${query.slice(fault.Start, fault.Start + fault.Length)})`;
  }
}

function toNode(element: Kusto.Language.Syntax.SyntaxElement): Node {
  const children: Node[] = [];
  for (let at = 0; at < element.ChildCount; at += 1) {
    const child = element.GetChild(at);
    if (child != null) children.push(toNode(child));
  }
  const isWord = element.IsToken;
  return {
    kind: isWord ? "token" : classOf(element),
    role: element.NameInParent ?? "",
    text: isWord ? String(Reflect.get(element, "Text")) : "",
    type: typeOf(element),
    children,
  };
}

function classOf(element: Kusto.Language.Syntax.SyntaxElement): string {
  const [, name = ""] = /^Kusto\.Language\.Syntax\.(\w+)/.exec(Bridge.getTypeName(element)) ?? [];
  return name;
}

function typeOf(element: Kusto.Language.Syntax.SyntaxElement): string {
  const type: unknown = Reflect.get(element, "ResultType");
  if (typeof type !== "object" || type === null) return "";
  return String(Reflect.get(type, "Name") ?? "");
}
