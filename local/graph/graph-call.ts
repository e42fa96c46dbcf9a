import type { Clock } from "../stand-ins/clock.ts";
import type { Reply, StandInRequest } from "../stand-ins/stand-in-request.ts";
import type { Groups } from "./groups.ts";
import type { MailStore } from "./mail-store.ts";
import type { People } from "./people.ts";

/** What all of Graph's answers are made from. */
export interface GraphState {
  readonly people: People;
  readonly groups: Groups;
  readonly store: MailStore;
  readonly clock: Clock;
}

/** A request that has found its route. */
export interface GraphCall extends GraphState {
  readonly request: StandInRequest;
  /** A variable part of the path, decoded. */
  readonly param: (name: string) => string;
  /** `https://localhost:{port}/v1.0` */
  readonly base: string;
  readonly now: number;
  readonly prefersImmutableIds: boolean;
  /** Filters do not see what is younger. */
  readonly staleAgeInMs: number;
}

/** Answers one kind of request. Throws GraphRefusal for a no. */
export type GraphHandler = (call: GraphCall) => Reply;

/** A kind of request: `:name` in the path stands for anything. */
export interface GraphRoute {
  readonly method: "GET" | "POST" | "DELETE" | "PATCH";
  readonly path: string;
  readonly handle: GraphHandler;
}

/** One page of a collection, with the link to the next while there is more. */
export function toPage(
  call: GraphCall,
  page: { context: string; entries: readonly object[]; total: number; skip: number; wantsCount: boolean },
): Reply {
  const { context, entries, total, skip, wantsCount } = page;
  const next = skip + entries.length;
  return {
    status: 200,
    body: {
      "@odata.context": `${call.base}/$metadata#${context}`,
      ...(wantsCount ? { "@odata.count": total } : {}),
      value: entries.map((entry) => ({ ...entry })),
      ...(next < total && entries.length > 0 ? { "@odata.nextLink": toNextLink(call.request.url, next) } : {}),
    },
  };
}

function toNextLink(url: URL, skip: number): string {
  const next = new URL(url);
  next.searchParams.set("$skip", String(skip));
  return next.href;
}
