import { aggregate, columnsOf } from "./aggregates.ts";
import { argumentsOf, type Declared, evaluate, isTable, type Scope, scopeOfCall } from "./evaluate.ts";
import { elements, type Node, parseQuery, part, wordsOf } from "./kusto.ts";
import { NotEvaluated } from "./scalars.ts";
import { tables as schemas } from "./tables.ts";
import { compare, type Row, type Table, toKey, type Value } from "./values.ts";

/**
 * Runs a query over rows that a test gives, so that an alert can be seen to be raised. Microsoft's parser says what the
 * query means; this evaluates the part of KQL that our queries use, and throws NotEvaluated at the rest. A column that a
 * row lacks is null, and a string column empty. What the service itself would answer, only a workspace can tell.
 */
export function runQuery(text: string, given: Readonly<Record<string, readonly Row[]>>): readonly Row[] {
  const { root, faults } = parseQuery(text);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  const tables = Object.keys(schemas).map((name): [string, Table] => [name, toTable(name, given[name] ?? [])]);
  const scope: Scope = { values: new Map(), functions: new Map(), tables: new Map(tables), run };
  const result = runStatements(elements(part(root, "Statements")), scope);
  if (!isTable(result)) throw new NotEvaluated("a query that ends in a value");
  return result.rows;
}

function toTable(name: string, rows: readonly Row[]): Table {
  const schema = Object.entries(schemas[name] ?? {});
  const none: Row = Object.fromEntries(schema.map(([column, type]) => [column, type === "string" ? "" : null]));
  const unknown = rows.flatMap((row) => Object.keys(row)).find((column) => !(column in none));
  if (unknown !== undefined) throw new Error(`${name} has no column ${unknown}`);
  return { columns: Object.keys(none), rows: rows.map((row) => ({ ...none, ...row })) };
}

function runStatements(statements: readonly Node[], scope: Scope): Table | Value {
  let [now, result]: [Scope, Table | Value] = [scope, null];
  for (const statement of statements) {
    if (statement.kind === "LetStatement") now = declare(statement, now);
    else result = run(part(statement, "Expression"), now);
  }
  return result;
}

function declare(statement: Node, scope: Scope): Scope {
  const name = wordsOf(part(statement, "Name"));
  const expression = part(statement, "Expression");
  if (expression.kind === "FunctionDeclaration") {
    const parameters = elements(part(part(expression, "Parameters"), "Parameters")).map((one) =>
      wordsOf(part(part(one, "NameAndType"), "Name")),
    );
    const declared: Declared = { parameters, body: part(expression, "Body"), scope };
    return { ...scope, functions: new Map([...scope.functions, [name, declared]]) };
  }
  const value = run(expression, scope);
  if (isTable(value)) return { ...scope, tables: new Map([...scope.tables, [name, value]]) };
  return { ...scope, values: new Map([...scope.values, [name, value]]) };
}

/** A table or a value, whichever the expression is. */
function run(node: Node, scope: Scope): Table | Value {
  switch (node.kind) {
    case "FunctionBody":
      return run(part(node, "Expression"), bodyScope(node, scope));
    case "PipeExpression":
      return pipe(part(node, "Operator"), runTable(part(node, "Expression"), scope), scope);
    case "ParenthesizedExpression":
      return run(part(node, "Expression"), scope);
    case "UnionOperator":
      return union(elements(part(node, "Expressions")).map((one) => runTable(one, scope)));
    case "NameReference":
      return scope.tables.get(wordsOf(node)) ?? evaluate(node, { row: {} }, scope);
    case "FunctionCallExpression": {
      const declared = scope.functions.get(wordsOf(part(node, "Name")));
      if (declared === undefined) return evaluate(node, { row: {} }, scope);
      const values = argumentsOf(node).map((one) => evaluate(one, { row: {} }, scope));
      return run(declared.body, scopeOfCall(declared, values));
    }
    default:
      return evaluate(node, { row: {} }, scope);
  }
}

function bodyScope(body: Node, scope: Scope): Scope {
  return elements(part(body, "Statements")).reduce((now, statement) => declare(statement, now), scope);
}

function runTable(node: Node, scope: Scope): Table {
  const result = run(node, scope);
  if (!isTable(result)) throw new NotEvaluated(`a value where a table is asked for: ${wordsOf(node)}`);
  return result;
}

function pipe(operator: Node, table: Table, scope: Scope): Table {
  const step = steps[operator.kind];
  if (step === undefined) throw new NotEvaluated(`${operator.kind}: ${wordsOf(operator)}`);
  return step(operator, table, scope);
}

type Step = (operator: Node, table: Table, scope: Scope) => Table;

const steps: Readonly<Record<string, Step>> = {
  FilterOperator: (operator, { columns, rows }, scope) => {
    const condition = part(operator, "Condition");
    return { columns, rows: rows.filter((row) => evaluate(condition, { row }, scope) === true) };
  },
  ExtendOperator: (operator, { columns, rows }, scope) => {
    const added = columnsOf(part(operator, "Expressions"));
    const names = added.map(([name]) => name);
    return {
      columns: [...columns.filter((name) => !names.includes(name)), ...names],
      rows: rows.map((row, at) => ({ ...row, ...compute(added, { row, rows, at }, scope) })),
    };
  },
  ProjectOperator: project,
  DistinctOperator: (operator, table, scope) => {
    const { columns, rows } = project(operator, table, scope);
    return { columns, rows: [...groupBy(rows, columns).values()].flatMap((group) => group.slice(0, 1)) };
  },
  ProjectRenameOperator: (operator, { columns, rows }) => {
    const pairs = columnsOf(part(operator, "Expressions")).map(([to, node]) => [wordsOf(part(node, "Expression")), to]);
    const renamed = new Map(pairs.map(([from = "", to = ""]) => [from, to]));
    const rename = (name: string): string => renamed.get(name) ?? name;
    return {
      columns: columns.map(rename),
      rows: rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [rename(name), value]))),
    };
  },
  SummarizeOperator: summarize,
  SortOperator: sort,
  JoinOperator: join,
};

function compute(
  columns: readonly (readonly [string, Node])[],
  place: Parameters<typeof evaluate>[1],
  scope: Scope,
): Row {
  return Object.fromEntries(columns.map(([name, node]) => [name, evaluate(node, place, scope)]));
}

function project(operator: Node, { rows }: Table, scope: Scope): Table {
  const chosen = columnsOf(part(operator, "Expressions"));
  return { columns: chosen.map(([name]) => name), rows: rows.map((row) => compute(chosen, { row }, scope)) };
}

/** Without `by` there is always one row, even of no rows: that is how an alert finds that nothing came. */
function summarize(operator: Node, { rows }: Table, scope: Scope): Table {
  const clause = operator.children.find(({ kind }) => kind === "SummarizeByClause");
  const by = clause === undefined ? [] : columnsOf(part(clause, "Expressions"));
  const keyed = rows.map((row) => ({ row, key: compute(by, { row }, scope) }));
  const groups = new Map<string, { key: Row; rows: Row[] }>(clause === undefined ? [["", { key: {}, rows: [] }]] : []);
  for (const { row, key } of keyed) {
    const name = Object.values(key).map(toKey).join("\n");
    const group = groups.get(name) ?? { key, rows: [] };
    group.rows.push(row);
    groups.set(name, group);
  }
  const aggregates = elements(part(operator, "Aggregates"));
  const summaries = [...groups.values()].map(({ key, rows: group }): Row => {
    const found = aggregates.flatMap((one) => aggregate(one, group, scope));
    return { ...key, ...Object.fromEntries(found) };
  });
  const names = aggregates.flatMap((one) => aggregate(one, [], scope).map(([name]) => name));
  return { columns: [...by.map(([name]) => name), ...names], rows: summaries };
}

function sort(operator: Node, { columns, rows }: Table, scope: Scope): Table {
  const keys = elements(part(operator, "Expressions")).map((node) => {
    if (node.kind !== "OrderedExpression") return { node, sign: -1 };
    return { node: part(node, "Expression"), sign: wordsOf(part(node, "Ordering")).startsWith("asc") ? 1 : -1 };
  });
  const order = (left: Row, right: Row): number => {
    for (const { node, sign } of keys) {
      const found = compare(evaluate(node, { row: left }, scope), evaluate(node, { row: right }, scope)) ?? 0;
      if (found !== 0) return found * sign;
    }
    return 0;
  };
  return { columns, rows: rows.toSorted(order) };
}

function union(tables: readonly Table[]): Table {
  const columns = [...new Set(tables.flatMap((table) => table.columns))];
  const none: Row = Object.fromEntries(columns.map((name) => [name, null]));
  return { columns, rows: tables.flatMap(({ rows }) => rows.map((row) => ({ ...none, ...row }))) };
}

function join(operator: Node, left: Table, scope: Scope): Table {
  const right = runTable(part(operator, "Expression"), scope);
  const kind = wordsOf(part(operator, "Parameters"));
  const isFull = kind.endsWith("fullouter");
  if (!isFull && !kind.endsWith("leftouter")) throw new NotEvaluated(kind);
  const on = elements(part(part(operator, "ConditionClause"), "Expressions")).map(wordsOf);
  const rename = (name: string): string => (left.columns.includes(name) ? `${name}1` : name);
  const toRight = (row: Row | undefined): Row =>
    Object.fromEntries(right.columns.map((name) => [rename(name), row?.[name] ?? noneLike(right, name)]));
  const toLeft = (row: Row | undefined): Row =>
    Object.fromEntries(left.columns.map((name) => [name, row?.[name] ?? noneLike(left, name)]));
  const groups = groupBy(right.rows, on);
  const matched = left.rows.flatMap((row) => {
    const partners = groups.get(keyOf(row, on)) ?? [undefined];
    return partners.map((partner) => ({ ...toLeft(row), ...toRight(partner) }));
  });
  const seen = new Set(left.rows.map((row) => keyOf(row, on)));
  const alone = isFull ? right.rows.filter((row) => !seen.has(keyOf(row, on))) : [];
  return {
    columns: [...left.columns, ...right.columns.map(rename)],
    rows: [...matched, ...alone.map((row) => ({ ...toLeft(undefined), ...toRight(row) }))],
  };
}

/** What an outer join puts where there is no row: an empty string in a column of strings. */
function noneLike({ rows }: Table, column: string): Value {
  return rows.some((row) => typeof row[column] === "string") ? "" : null;
}

function groupBy(rows: readonly Row[], columns: readonly string[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, (row) => keyOf(row, columns));
}

function keyOf(row: Row, columns: readonly string[]): string {
  return columns.map((name) => toKey(row[name] ?? null)).join("\n");
}
