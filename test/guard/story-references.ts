import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { readTestNames } from "./test-names.ts";

/** One `[a test's exact name](../test/....test.ts)`. */
interface Reference {
  readonly name: string;
  readonly target: string;
}

/** A paragraph, a list's point or a table, with the line it begins in, counted from 1. */
interface Block {
  readonly line: number;
  readonly text: string;
}

/**
 * What is wrong with a document whose every claim names the tests that show it, in a link or in a footnote that is a link:
 * a link to no test file, a name that is no test there, a paragraph below a heading that names none, a footnote that is
 * not there or that nothing refers to. What stands before the first heading of the second level is an introduction; a
 * line that ends in a colon leads on to what follows.
 */
export function findStoryProblems(markdown: string, folder: string): string[] {
  const notes = readFootnotes(markdown);
  const unused = new Set(notes.keys());
  const problems = toBlocks(markdown).flatMap(({ line, text }) => {
    const marks = toMarks(text);
    for (const mark of marks) unused.delete(mark);
    const lost = marks
      .filter((mark) => !notes.has(mark))
      .map((mark) => `line ${line}: there is no footnote [^${mark}]`);
    const references = [text, ...marks.map((mark) => notes.get(mark) ?? "")].flatMap(toReferences);
    if (references.length === 0) return text.endsWith(":") ? [] : [`line ${line} names no test: ${text.slice(0, 60)}`];
    return [...lost, ...references.flatMap((one) => findFault(one, folder).map((fault) => `line ${line}: ${fault}`))];
  });
  return [...problems, ...[...unused].map((mark) => `nothing refers to the footnote [^${mark}]`)];
}

/** How many references there are. */
export function countReferences(markdown: string): number {
  const texts = [...toBlocks(markdown).map(({ text }) => text), ...readFootnotes(markdown).values()];
  return texts.flatMap(toReferences).length;
}

const footnote = /^\[\^([^\]]+)\]: *(.*)$/gm;

function readFootnotes(markdown: string): Map<string, string> {
  return new Map([...markdown.matchAll(footnote)].map(([, mark = "", text = ""]) => [mark, text]));
}

function toMarks(text: string): string[] {
  return [...text.matchAll(/\[\^([^\]]+)\]/g)].map(([, mark = ""]) => mark);
}

function toBlocks(markdown: string): Block[] {
  const blocks: Block[] = [];
  const told = withoutCode(markdown).replaceAll(footnote, "").split("\n");
  const first = told.findIndex((line) => line.startsWith("## "));
  let open: Block | undefined;
  const close = (): void => {
    if (open !== undefined) blocks.push({ ...open, text: open.text.trim() });
    open = undefined;
  };
  for (const [i, line] of [...told.entries()].slice(first < 0 ? told.length : first)) {
    if (line.trim() === "" || line.startsWith("#") || /^\s*([-*]|\d+\.) /.test(line)) close();
    if (line.trim() === "" || line.startsWith("#")) continue;
    open = { line: open?.line ?? i + 1, text: `${open?.text ?? ""} ${line.trim()}` };
  }
  close();
  return blocks;
}

/** Code says nothing that could be tested; its lines stay, empty, so that the numbers are right. */
function withoutCode(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```/gm, (code) => code.replaceAll(/[^\n]+/g, ""));
}

/** A name may hold square brackets in pairs. */
function toReferences(text: string): Reference[] {
  const links = text.matchAll(/\[((?:[^[\]]|\[[^[\]]*\])+)\]\(([^()\s]+\.test\.ts)\)/g);
  return [...links].map(([, name = "", target = ""]) => ({ name: name.replaceAll(/\s+/g, " "), target }));
}

function findFault({ name, target }: Reference, folder: string): string[] {
  const path = resolve(folder, target);
  if (relative(join(folder, ".."), path).split("/")[0] !== "test") return [`${target} is not in test/`];
  if (!existsSync(path)) return [`${target} does not exist`];
  return readTestNames(path).some((pattern) => pattern.test(name)) ? [] : [`${target} has no test "${name}"`];
}
