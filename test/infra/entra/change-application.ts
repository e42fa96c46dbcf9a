import { z } from "zod";
import { type Answer, refused } from "./answers.ts";
import type { Item } from "./directory-data.ts";

const changes = z.object({ appRoles: z.array(z.looseObject({ id: z.string() })).optional() });

/** Changes an application as Entra does: complex properties are merged, and a role that is switched on stays as it is. */
export function changeApplication(app: Item, body: Record<string, unknown>): Answer {
  const { appRoles: roles } = changes.parse(body);
  const held = (app.appRoles ?? []).filter((role) => role["isEnabled"] === true);
  const isTouched = (role: Item): boolean => {
    const next = roles?.find(({ id }) => id === role.id);
    return (
      next === undefined ||
      (next["isEnabled"] === true && JSON.stringify(sorted(next)) !== JSON.stringify(sorted(role)))
    );
  };
  if (roles !== undefined && held.some(isTouched)) {
    return refused(
      400,
      "CannotDeleteOrUpdateEnabledEntitlement",
      "Permission (scope or role) cannot be deleted or updated unless disabled first.",
    );
  }
  for (const [name, value] of Object.entries(body)) {
    const complex = z.record(z.string(), z.unknown());
    const [before, next] = [complex.safeParse(app[name]), complex.safeParse(value)];
    app[name] = before.success && next.success ? { ...before.data, ...next.data } : value;
  }
  return { status: 204 };
}

function sorted(item: Item): [string, unknown][] {
  return Object.entries(item).toSorted(([a], [b]) => a.localeCompare(b));
}
