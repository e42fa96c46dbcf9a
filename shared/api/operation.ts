import type { EndpointName } from "./endpoints.ts";
import type { AnyHandler } from "./request.ts";
import type { Route } from "./route.ts";

/** A route and what answers it. */
export interface Operation<Deps> extends AnyHandler<Deps> {
  readonly route: Route;
}

/**
 * Pairs a contract's routes with their handlers: one too many or too few does not compile.
 * @param handlers typed as HandlersFor<typeof routes, Deps>
 */
export function toOperations<Name extends EndpointName, Deps>(
  routes: Readonly<Record<Name, Route>>,
  handlers: Readonly<Record<Name, AnyHandler<Deps>["handle"]>>,
): readonly Operation<Deps>[] {
  const handlerOf = new Map(Object.entries<AnyHandler<Deps>["handle"]>(handlers));
  return Object.entries<Route>(routes).map(([name, route]) => {
    const handle = handlerOf.get(name);
    if (handle === undefined || route.endpoint !== name)
      throw new Error(`The route ${name} is listed by another name.`);
    return { route, handle };
  });
}
