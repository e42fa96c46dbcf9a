import type { ConnectorSummary } from "../../shared/api/contract/connectors.ts";
import { toDays } from "../parts/times.ts";
import { texts } from "../texts.ts";

/** That a secret is there and how old it is. */
export type SecretAge = Pick<
  NonNullable<ConnectorSummary["secrets"]>[number],
  "kind" | "number" | "isSet" | "setAt" | "expiresAt"
>;

/** An end that is nearer than this is worth a look, in days. */
const soonInDays = 30;

/** How old a secret is and when it ends, in a few words; `isUrgent` when it is missing, ended or about to. */
export function toSecretText(secret: SecretAge, now: number): { readonly text: string; readonly isUrgent: boolean } {
  const { connectors, parts } = texts;
  const kind = connectors.secret[secret.kind];
  const name = secret.number === undefined || secret.number === 1 ? kind : connectors.secretNumber(kind, secret.number);
  if (!secret.isSet) return { text: `${name}: ${connectors.missing}`, isUrgent: true };
  const left = secret.expiresAt === undefined ? undefined : toDays(now, secret.expiresAt);
  if (left !== undefined && left < 0) return { text: `${name}: ${connectors.expired}`, isUrgent: true };
  if (left !== undefined && left < soonInDays) {
    return { text: `${name}: ${connectors.expires(parts.days(left))}`, isUrgent: true };
  }
  const age = secret.setAt === undefined ? parts.unknown : connectors.age(parts.days(toDays(secret.setAt, now)));
  return { text: `${name}: ${age}`, isUrgent: false };
}
