import { argumentsOf, evaluate, type Scope } from "./evaluate.ts";
import { elements, type Node, part, wordsOf } from "./kusto.ts";
import { NotEvaluated } from "./scalars.ts";
import { compare, Dynamic, type Row, toKey, toNumber, type Value } from "./values.ts";

/** A column of a summary, and what it holds of a group's rows. */
type Summary = readonly (readonly [column: string, value: Value])[];

type Aggregate = (values: readonly Value[], call: Node) => Value;

const plain: Readonly<Record<string, Aggregate>> = {
  sum: (values) => values.reduce<number>((sum, value) => sum + (toNumber(value) ?? 0), 0),
  max: (values) => extreme(values, 1),
  min: (values) => extreme(values, -1),
  dcount: (values) => new Set(values.map(toKey)).size,
  make_set: (values) => new Dynamic([...new Set(values)]),
};

/** What one aggregate of a `summarize` makes of a group of rows. */
export function aggregate(node: Node, rows: readonly Row[], scope: Scope): Summary {
  if (node.kind === "BinaryExpression" || node.kind === "SimpleNamedExpression") return [named(node, rows, scope)];
  const name = wordsOf(part(node, "Name"));
  if (name === "arg_max") return argMax(node, rows, scope);
  const [first] = argumentsOf(node);
  return [[first === undefined ? `${name}_` : `${name}_${wordsOf(first)}`, resultOf(node, rows, scope)]];
}

function named(node: Node, rows: readonly Row[], scope: Scope): readonly [string, Value] {
  if (node.kind === "BinaryExpression") throw new NotEvaluated(`an aggregate without a name: ${wordsOf(node)}`);
  return [wordsOf(part(node, "Name")), resultOf(part(node, "Expression"), rows, scope)];
}

/** An aggregate, or an expression of aggregates: each is counted first, then the expression. */
function resultOf(node: Node, rows: readonly Row[], scope: Scope): Value {
  if (isAggregate(node)) return call(node, rows, scope);
  return evaluate(replaceAggregates(node, rows, scope), { row: counted(node, rows, scope) }, scope);
}

function isAggregate(node: Node): boolean {
  if (node.kind !== "FunctionCallExpression") return false;
  const name = wordsOf(part(node, "Name"));
  return name === "count" || name === "percentile" || base(name) in plain || name === "countif";
}

function call(node: Node, rows: readonly Row[], scope: Scope): Value {
  const name = wordsOf(part(node, "Name"));
  const given = argumentsOf(node);
  const [first, second] = given;
  const condition = name === "countif" ? first : second;
  const isConditional = name.endsWith("if") && condition !== undefined;
  const chosen = isConditional ? rows.filter((row) => evaluate(condition, { row }, scope) === true) : rows;
  if (name === "count" || name === "countif") return chosen.length;
  if (first === undefined) throw new NotEvaluated(wordsOf(node));
  const values = chosen.map((row) => evaluate(first, { row }, scope)).filter((value) => value !== null);
  if (name === "percentile") return percentile(values, Number(wordsOf(second ?? first)));
  const known = plain[base(name)];
  if (known === undefined) throw new NotEvaluated(`the aggregate ${name}`);
  return known(values, node);
}

function base(name: string): string {
  return name.replace(/if$/, "");
}

/** The tree with each aggregate in it as a name, under which `counted` has its value. */
function replaceAggregates(node: Node, rows: readonly Row[], scope: Scope): Node {
  if (isAggregate(node))
    return {
      ...node,
      kind: "NameReference",
      children: [{ ...node, kind: "token", text: wordsOf(node), children: [] }],
    };
  return { ...node, children: node.children.map((child) => replaceAggregates(child, rows, scope)) };
}

function counted(node: Node, rows: readonly Row[], scope: Scope): Row {
  if (isAggregate(node)) return { [wordsOf(node)]: call(node, rows, scope) };
  return Object.assign({}, ...node.children.map((child) => counted(child, rows, scope)));
}

function argMax(node: Node, rows: readonly Row[], scope: Scope): Summary {
  const [by, ...others] = argumentsOf(node);
  if (by === undefined) throw new NotEvaluated(wordsOf(node));
  const best = rows.reduce<Row | undefined>((top, row) => {
    if (top === undefined) return row;
    return (compare(evaluate(by, { row }, scope), evaluate(by, { row: top }, scope)) ?? 0) > 0 ? row : top;
  }, undefined);
  return [by, ...others].map((one) => [wordsOf(one), best === undefined ? null : evaluate(one, { row: best }, scope)]);
}

function extreme(values: readonly Value[], sign: number): Value {
  return values.reduce<Value>((best, value) => ((compare(value, best) ?? sign) * sign > 0 ? value : best), null);
}

function percentile(values: readonly Value[], of: number): Value {
  const sorted = values.map((value) => toNumber(value) ?? 0).toSorted((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil((sorted.length * of) / 100) - 1)] ?? null;
}

/** Names and expressions of a list such as that after `by`. */
export function columnsOf(list: Node): readonly (readonly [string, Node])[] {
  return elements(list).map((node) => [nameOf(node), node]);
}

/** The column that an expression makes: its name, or that of what it bins or refers to. */
function nameOf(node: Node): string {
  if (node.kind === "SimpleNamedExpression") return wordsOf(part(node, "Name"));
  if (node.kind === "NameReference") return wordsOf(node);
  const [first] = node.kind === "FunctionCallExpression" ? argumentsOf(node) : [];
  if (first?.kind === "NameReference" && wordsOf(part(node, "Name")) === "bin") return wordsOf(first);
  throw new NotEvaluated(`a column without a name: ${wordsOf(node)}`);
}
