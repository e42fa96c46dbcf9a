import { texts } from "../texts.ts";

/** Who asked for a change, as the audit log names them, in words: `entra:<object id>@<tenant>`, `os:<user>@<host>`, `development:<role>`. */
export function toPrincipalText(principal: string): string {
  const [way = "", ...rest] = principal.split(":");
  const name = rest.join(":");
  if (way === "development") return texts.parts.developer(name);
  if (way === "entra") return name.split("@")[0] ?? name;
  return name === "" ? principal : name;
}
