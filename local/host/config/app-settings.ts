import { readFile } from "node:fs/promises";
import { z } from "zod";

/** App settings by name, as the functions see them in their environment. */
export type AppSettings = Readonly<Record<string, string>>;

const localSettings = z.looseObject({
  IsEncrypted: z.literal(false).optional(),
  Values: z.record(z.string(), z.string()).default({}),
});

/** Reads the `Values` of a local.settings.json. Throws, naming the file, when it is encrypted or a value is no text. */
export async function readLocalSettings(file: string): Promise<AppSettings> {
  const parsed = localSettings.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success) throw new Error(`${file} is not valid: ${z.prettifyError(parsed.error)}`);
  return parsed.data.Values;
}

/** The file's settings under those of the environment, which win, as with Azure Functions Core Tools. */
export function mergeSettings(file: AppSettings, environment: NodeJS.ProcessEnv): AppSettings {
  const merged: Record<string, string> = { ...file };
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

/** Replaces each `%NAME%` by that setting. Throws, with the real host's words, for a setting that is missing. */
export function resolveSettings(text: string, settings: AppSettings): string {
  return text.replaceAll(/%([^%]+)%/g, (token, name: string) => {
    const value = settings[name];
    if (value === undefined || value === "") throw new Error(`'${token}' does not resolve to a value.`);
    return value;
  });
}

/** The storage connection string a binding's `connection` names. Throws, with the real host's words, when there is none. */
export function resolveConnection(name: string, settings: AppSettings): string {
  const value = settings[`AzureWebJobs${name}`] ?? settings[name];
  if (value === undefined || value === "") {
    throw new Error(
      `Storage account connection string '${name}' does not exist. Make sure that it is a defined App Setting.`,
    );
  }
  return value;
}
