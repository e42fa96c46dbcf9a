import type { DependencyCall } from "../telemetry/dependency-tally.ts";
import type { GraphReply, GraphRequest } from "./graph.ts";

/** Collections that the app asks; anything else in a path is an id or an address. */
const collections = ["messages", "childFolders", "mailFolders", "users"] as const;

/** What a request asks in static words, e.g. `POST messages`, so that it may be logged. */
export function toGraphOperation({ method, path }: Pick<GraphRequest, "method" | "path">): string {
  const [beforeQuery = ""] = path.split("?");
  const segments = beforeQuery.split("/");
  return `${method} ${collections.find((collection) => segments.includes(collection)) ?? "other"}`;
}

/** What an answer came to: Graph's "no such thing" is an answer. */
export function judgeReply({ status }: Pick<GraphReply, "status">): DependencyCall["outcome"] {
  if (status === 429) return "throttled";
  return status === 401 || status === 403 || status === 408 || status >= 500 ? "failed" : "ok";
}
