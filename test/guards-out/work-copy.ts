import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Edit, Guard } from "./guard.ts";

const root = join(import.meta.dirname, "..", "..");

/** A copy of the repository in which guards are taken out, one at a time. */
export interface WorkCopy {
  readonly folder: string;
  /** Takes a guard out. Resolves to what puts it back. @throws LostGuard */
  takeOut(guard: Guard): () => void;
  remove(): void;
}

/** The text of a guard is not there, or there more than once: the table no longer fits the product. */
export class LostGuard extends Error {
  override readonly name = "LostGuard";
}

/** Copies every file that git knows, and what is new; the packages are linked. */
export function makeWorkCopy(): WorkCopy {
  const folder = mkdtempSync(join(tmpdir(), "guards-out-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  for (const path of listed.toString().split("\0").filter(Boolean)) {
    if (!existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return {
    folder,
    takeOut: (guard) => takeOut(folder, guard),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function takeOut(folder: string, { file, source, instead, also = [] }: Guard): () => void {
  const putBacks: (() => void)[] = [];
  const putBack = (): void => {
    for (const one of putBacks.toReversed()) one();
  };
  try {
    for (const edit of [{ file, source, instead }, ...also]) putBacks.push(change(folder, edit));
  } catch (error) {
    putBack();
    throw error;
  }
  return putBack;
}

function change(folder: string, { file, source, instead }: Edit): () => void {
  const path = join(folder, file);
  const whole = existsSync(path) ? readFileSync(path, "utf8") : "";
  const places = whole.split(source).length - 1;
  if (places !== 1) throw new LostGuard(`its text occurs ${places} times in ${file}`);
  writeFileSync(
    path,
    whole.replace(source, () => instead),
  );
  return () => writeFileSync(path, whole);
}
