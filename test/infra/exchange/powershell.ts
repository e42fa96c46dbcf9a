import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";

const root = join(import.meta.dirname, "../../..");
const project = join(root, ".ci/powershell/powershell-host.csproj");
const binary = join(root, ".local/powershell/bin/powershell-host.dll");
const mark = join(root, ".local/powershell/built-from");
const run = promisify(execFile);

/** Why PowerShell cannot be run here; `false` when it can. */
export const whyNoPowerShell: string | false = buildHost();

const ran = z.object({
  Mistakes: z.array(z.string()),
  Output: z.array(z.record(z.string(), z.string().nullable())),
  Warnings: z.array(z.string()),
  Errors: z.array(z.string()),
  Thrown: z.string().nullable(),
});

/** What came out of a script: mistakes are those of its grammar. */
export type Ran = z.infer<typeof ran>;

/** Parses and runs a script in PowerShell's engine, without any module. */
export async function runPowerShell(file: string): Promise<Ran> {
  const { stdout } = await run("dotnet", [binary, file], { maxBuffer: 16 * 1024 * 1024 });
  return ran.parse(JSON.parse(stdout));
}

/** Once for each content of the project; it takes some seconds. */
function buildHost(): string | false {
  const source = [project, join(root, ".ci/powershell/Program.cs")]
    .map((path) => readFileSync(path, "utf8"))
    .join("\0");
  const key = createHash("sha256").update(source).digest("hex");
  if (existsSync(binary) && existsSync(mark) && readFileSync(mark, "utf8") === key) return false;
  try {
    execFileSync("dotnet", ["build", project, "--nologo", "--verbosity", "quiet"], { stdio: "pipe", timeout: 180_000 });
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return isMissing
      ? "the .NET SDK is not here, which brings PowerShell's engine"
      : "PowerShell's engine could not be built (dotnet build .ci/powershell/powershell-host.csproj)";
  }
  writeFileSync(mark, key);
  return false;
}
