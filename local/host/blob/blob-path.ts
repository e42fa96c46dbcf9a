import { toLiteralPattern } from "../literal-pattern.ts";

/** A blob trigger's path, e.g. `released/{drop}/{gen}/{file}.json`. */
export interface BlobPath {
  readonly container: string;
  /** What every fitting blob's name begins with: makes the scan's listing short. */
  readonly prefix: string;
  /** The values of the path's tokens for a blob that fits, undefined for one that does not. */
  match(blobName: string): Readonly<Record<string, string>> | undefined;
}

const tokenPattern = /\{([A-Za-z_]\w*)\}/g;
const containerPattern = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;

/** Parses a blob trigger's path. Throws, with the real host's words, when it is none. */
export function parseBlobPath(path: string): BlobPath {
  const slash = path.indexOf("/");
  if (slash <= 0 || slash === path.length - 1) {
    throw new Error(
      `Invalid blob path specified : '${path}'. Blob identifiers must be in the format 'container/blob'.`,
    );
  }
  const container = path.slice(0, slash);
  if (!containerPattern.test(container)) throw new Error(`Invalid container name: ${container}`);
  const pattern = path.slice(slash + 1);
  const expression = toExpression(pattern);
  return {
    container,
    prefix: pattern.split("{", 1)[0] ?? "",
    match: (blobName) => {
      const found = expression.exec(blobName);
      return found === null ? undefined : { ...found.groups };
    },
  };
}

/** The real host's tokens are greedy and cross slashes: `{a}/{b}` splits at the last slash. */
function toExpression(pattern: string): RegExp {
  const literals = pattern.split(tokenPattern);
  const source = literals.map((part, index) => (index % 2 === 0 ? toLiteralPattern(part) : `(?<${part}>.*)`));
  return new RegExp(`^${source.join("")}$`, "s");
}
