import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The names of tests that a file holds, as patterns: what a template puts in can be anything. */
export function readTestNames(path: string): RegExp[] {
  const source = readFileSync(path, "utf8");
  const suites = [...source.matchAll(/from "(\.[^"]+-contract\.ts)"/g)].map(([, at = ""]) => join(dirname(path), at));
  return [source, ...suites.filter(existsSync).map((suite) => readFileSync(suite, "utf8"))].flatMap(toTestNames);
}

/** The names in `test("...")` and the like; a name that is all variable says nothing and is left out. */
export function toTestNames(source: string): RegExp[] {
  const names: RegExp[] = [];
  for (const call of source.matchAll(/\b(?:test|it)(?:\.\w+)?\(\s*(?=["'`])/g)) {
    const parts = readLiteral(source, call.index + call[0].length);
    if (parts.some((part) => part.trim() !== "")) names.push(new RegExp(`^${parts.map(toLiteral).join(".*")}$`, "s"));
  }
  return names;
}

/** The static parts of the literal that begins at `start`. */
function readLiteral(source: string, start: number): string[] {
  const quote = source[start];
  const parts = [""];
  for (let at = start + 1; at < source.length && source[at] !== quote; at += 1) {
    if (quote === "`" && source.startsWith("${", at)) {
      at = skipHole(source, at + 2);
      parts.push("");
      continue;
    }
    if (source[at] === "\\") at += 1;
    parts.push(`${parts.pop() ?? ""}${source[at]}`);
  }
  return parts;
}

/** The place of the brace that closes a template's hole; strings and templates inside may hold braces too. */
function skipHole(source: string, start: number): number {
  let depth = 1;
  for (let at = start; at < source.length; at += 1) {
    const sign = source[at] ?? "";
    if (`"'\``.includes(sign)) at = skipString(source, at);
    else if (sign === "{") depth += 1;
    else if (sign === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return source.length;
}

function skipString(source: string, start: number): number {
  const quote = source[start];
  let at = start + 1;
  while (at < source.length && source[at] !== quote) {
    if (source[at] === "\\") at += 1;
    else if (quote === "`" && source.startsWith("${", at)) at = skipHole(source, at + 2);
    at += 1;
  }
  return at;
}

function toLiteral(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
