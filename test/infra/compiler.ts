import { execFile } from "node:child_process";
import { accessSync, chmodSync, constants, existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

/** The Bicep compiler: BICEP, `bicep` on PATH, or the package that `.ci/bicep-cli.csproj` restores. */
const compiler = findCompiler();

/** Why Bicep cannot be compiled here; `false` when it can. */
export const whyNoBicep: string | false =
  compiler === undefined
    ? "the Bicep compiler is not here (dotnet restore .ci/bicep-cli.csproj, or az bicep install and BICEP=~/.azure/bin/bicep)"
    : false;

/** What a run of the compiler printed. */
export interface CompilerRun {
  readonly output: string;
  readonly errors: string;
}

/** What azd's environment has to say. */
const ofAzd = { ALERT_EMAIL: "someone@example.com" };

/** Runs the compiler in `folder`. Rejects when it ends with another code than 0. @param variables of its environment */
export async function runBicep(
  folder: string,
  words: readonly string[],
  variables: Readonly<Record<string, string>> = ofAzd,
): Promise<CompilerRun> {
  if (compiler === undefined) throw new Error(`${whyNoBicep}`);
  const { ALERT_EMAIL: _, ...inherited } = process.env;
  const env = { ...inherited, ...variables };
  const { stdout, stderr } = await run(compiler, words, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
  return { output: stdout, errors: stderr };
}

function findCompiler(): string | undefined {
  const named = process.env["BICEP"];
  // Who names a compiler wants it used: a test that is skipped because the name is wrong would hide that.
  if (named !== undefined && named !== "") {
    if (!existsSync(named)) throw new Error("BICEP names a file that is not there");
    return named;
  }
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "bicep"));
  return onPath.find(isExecutable) ?? findRestored();
}

function findRestored(): string | undefined {
  const project = readFileSync(join(root, ".ci/bicep-cli.csproj"), "utf8");
  const [, name, version] = /Include="([^"]+)" Version="\[([^\]]+)\]"/.exec(project) ?? [];
  if (name === undefined || version === undefined) throw new Error(".ci/bicep-cli.csproj names no compiler");
  const packages = process.env["NUGET_PACKAGES"] || join(homedir(), ".nuget/packages");
  const binary = join(packages, name.toLowerCase(), version, "tools/bicep");
  if (!existsSync(binary)) return undefined;
  // NuGet unpacks it without the right to run it, for all but the owner at times.
  if (!isExecutable(binary)) chmodSync(binary, 0o755);
  return binary;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
