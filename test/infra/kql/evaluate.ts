import { elements, type Node, part, wordsOf } from "./kusto.ts";
import { functions, hasTerm, listOf, NotEvaluated, operators, opposite } from "./scalars.ts";
import { Dynamic, fromJson, Moment, type Row, Span, type Table, toKey, toText, type Value } from "./values.ts";

/** A function that a `let` declares. */
export interface Declared {
  readonly parameters: readonly string[];
  readonly body: Node;
  readonly scope: Scope;
}

/** What names stand for: those of `let` statements and parameters, and the workspace's tables. */
export interface Scope {
  readonly values: ReadonlyMap<string, Value>;
  readonly tables: ReadonlyMap<string, Table>;
  readonly functions: ReadonlyMap<string, Declared>;
  /** Runs a body or a query within an expression. */
  readonly run: (node: Node, scope: Scope) => Table | Value;
}

/** Where an expression stands: in a row, among rows in order, or in none. */
export interface Place {
  readonly row: Row;
  readonly rows?: readonly Row[];
  readonly at?: number;
}

const spans: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The value of an expression. @throws NotEvaluated */
export function evaluate(node: Node, place: Place, scope: Scope): Value {
  const evaluator = evaluators[node.kind];
  if (evaluator === undefined) throw new NotEvaluated(`${node.kind}: ${wordsOf(node)}`);
  return evaluator(node, place, scope);
}

type Evaluator = (node: Node, place: Place, scope: Scope) => Value;

const evaluators: Readonly<Record<string, Evaluator>> = {
  NameReference: (node, { row }, { values }) => {
    const name = wordsOf(node);
    const value = row[name] ?? values.get(name);
    if (value === undefined && !(name in row)) throw new NotEvaluated(`the name ${name}`);
    return value ?? null;
  },
  LiteralExpression: (node) => toLiteral(wordsOf(node)),
  DynamicExpression: (node) => fromJson(JSON.parse(wordsOf(part(node, "Expression")))),
  ParenthesizedExpression: (node, place, scope) => evaluate(part(node, "Expression"), place, scope),
  SimpleNamedExpression: (node, place, scope) => evaluate(part(node, "Expression"), place, scope),
  PathExpression: (node, place, scope) =>
    pick(evaluate(part(node, "Expression"), place, scope), wordsOf(part(node, "Selector"))),
  ElementExpression: (node, place, scope) => {
    const at = evaluate(part(part(node, "Selector"), "Expression"), place, scope);
    return pick(evaluate(part(node, "Expression"), place, scope), toText(at));
  },
  BinaryExpression: evaluateBinary,
  BetweenExpression: (node, place, scope) => {
    const value = evaluate(part(node, "Left"), place, scope);
    const [from, to] = ["First", "Second"].map((role) => evaluate(part(part(node, "Right"), role), place, scope));
    return and(operators[">="]?.(value, from ?? null), operators["<="]?.(value, to ?? null));
  },
  InExpression: (node, place, scope) => {
    const isIn = membersOf(part(node, "Right"), place, scope).has(toKey(evaluate(part(node, "Left"), place, scope)));
    return part(node, "Operator").text.startsWith("!") ? !isIn : isIn;
  },
  HasAnyExpression: (node, place, scope) => {
    const text = toText(evaluate(part(node, "Left"), place, scope));
    const terms = elements(part(part(node, "Right"), "Expressions")).flatMap((one) =>
      listOf(evaluate(one, place, scope)),
    );
    return terms.some((term) => hasTerm(text, String(term)));
  },
  FunctionCallExpression: evaluateCall,
  ToScalarExpression: (node, _place, scope) => {
    const table = scope.run(part(node, "Expression"), scope);
    if (!isTable(table)) return table;
    const [first] = table.columns;
    return first === undefined ? null : (table.rows[0]?.[first] ?? null);
  },
};

/** Whether it is a table, and no value. */
export function isTable(one: Table | Value): one is Table {
  return typeof one === "object" && one !== null && "rows" in one;
}

function evaluateBinary(node: Node, place: Place, scope: Scope): Value {
  const word = part(node, "Operator").text;
  const [left, right] = [part(node, "Left"), part(node, "Right")].map((side) => evaluate(side, place, scope));
  if (word === "and") return and(left, right);
  if (word === "or") return opposite(and(opposite(left ?? null), opposite(right ?? null)));
  const operator = operators[word];
  if (operator === undefined) throw new NotEvaluated(`the operator ${word}`);
  const value = operator(left ?? null, right ?? null);
  return node.type === "long" && typeof value === "number" ? Math.trunc(value) : value;
}

/** With null for what is unknown, as in KQL and SQL. */
function and(left: Value | undefined, right: Value | undefined): Value {
  if (left === false || right === false) return false;
  return left === true && right === true ? true : null;
}

function evaluateCall(node: Node, place: Place, scope: Scope): Value {
  const name = wordsOf(part(node, "Name"));
  const given = argumentsOf(node);
  if (name === "iff") return evaluateCase(given, place, scope);
  if (name === "case") return evaluateCase(given, place, scope);
  if (name === "prev") return evaluatePrevious(given, place, scope);
  const values = given.map((one) => evaluate(one, place, scope));
  const declared = scope.functions.get(name);
  if (declared !== undefined) return callDeclared(declared, values);
  const known = functions[name];
  if (known === undefined) throw new NotEvaluated(`the function ${name}`);
  return known(...values);
}

/** Arguments of a call. */
export function argumentsOf(call: Node): readonly Node[] {
  return elements(part(part(call, "ArgumentList"), "Expressions"));
}

/** The scope in which a declared function's body runs, given its arguments. */
export function scopeOfCall({ parameters, scope }: Declared, given: readonly Value[]): Scope {
  const named = parameters.map((name, at): [string, Value] => [name, given[at] ?? null]);
  return { ...scope, values: new Map([...scope.values, ...named]) };
}

function callDeclared(declared: Declared, given: readonly Value[]): Value {
  const result = declared.scope.run(declared.body, scopeOfCall(declared, given));
  if (isTable(result)) throw new NotEvaluated("a table where a value is asked for");
  return result;
}

function evaluateCase(given: readonly Node[], place: Place, scope: Scope): Value {
  for (let at = 0; at + 1 < given.length; at += 2) {
    const [condition, value] = [given[at], given[at + 1]];
    if (condition && value && evaluate(condition, place, scope) === true) return evaluate(value, place, scope);
  }
  const last = given.at(-1);
  return last === undefined ? null : evaluate(last, place, scope);
}

function evaluatePrevious([expression]: readonly Node[], { rows, at }: Place, scope: Scope): Value {
  if (expression === undefined || rows === undefined || at === undefined)
    throw new NotEvaluated("prev without an order");
  const row = rows[at - 1];
  if (row !== undefined) return evaluate(expression, { row }, scope);
  return expression.type === "string" ? "" : null;
}

function membersOf(list: Node, place: Place, scope: Scope): ReadonlySet<string> {
  const members = elements(part(list, "Expressions")).flatMap((one): Value[] => {
    const table = scope.tables.get(wordsOf(one));
    const [column = ""] = table?.columns ?? [];
    if (table !== undefined) return table.rows.map((row) => row[column] ?? null);
    const value = evaluate(one, place, scope);
    return value instanceof Dynamic ? listOf(value).map((each) => toPlain(each)) : [value];
  });
  return new Set(members.map(toKey));
}

function toPlain(json: unknown): Value {
  return typeof json === "string" || typeof json === "number" ? json : fromJson(json);
}

function pick(value: Value, key: string): Value {
  if (!(value instanceof Dynamic) || typeof value.json !== "object" || value.json === null) return null;
  return fromJson(Reflect.get(value.json, key));
}

function toLiteral(word: string): Value {
  if (/^\w+\(null\)$/.test(word)) return null;
  const [, moment] = /^datetime\((.+)\)$/.exec(word) ?? [];
  if (moment !== undefined) return new Moment(Date.parse(moment));
  if (word === "true" || word === "false") return word === "true";
  if (/^["']/.test(word)) return word.slice(1, -1).replace(/\\(.)/g, "$1");
  const [, amount, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(word) ?? [];
  if (amount !== undefined && unit !== undefined) return new Span(Number(amount) * (spans[unit] ?? Number.NaN));
  if (!/^[\d.]+$/.test(word)) throw new NotEvaluated(`the literal ${word}`);
  return Number(word);
}
