import type { ReactNode } from "react";
import type { SecretFacts } from "../../shared/api/contract/keys.ts";
import { Code } from "../parts/copy-text.tsx";
import { Instant } from "../parts/instant.tsx";
import { Loaded } from "../parts/states.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { toDays } from "../parts/times.ts";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";

/** The keys and the password of a connector, with their ages; never their values. */
export function SecretTable({ name }: { readonly name: string }): ReactNode {
  const secrets = useResource("listSecrets", { params: { name } });
  return (
    <Loaded resource={secrets} lines={2}>
      {({ items }) => (
        <Table
          label={texts.connector.secretsLabel}
          columns={columns}
          rows={items.filter(({ isSet, isNeeded }) => isSet || isNeeded)}
          keyOf={({ kind, number = 0 }) => `${kind} ${number}`}
        />
      )}
    </Loaded>
  );
}

const columns: readonly Column<SecretFacts>[] = [
  {
    title: texts.connector.kind,
    cell: ({ kind, number }) =>
      number === undefined
        ? texts.connectors.secret[kind]
        : texts.connectors.secretNumber(texts.connectors.secret[kind], number),
  },
  { title: texts.connector.use, cell: toUse },
  {
    title: texts.connector.age,
    cell: ({ setAt }) => setAt !== undefined && texts.parts.days(toDays(setAt, Date.now())),
  },
  {
    title: texts.connector.expires,
    cell: ({ expiresAt, isSet }) =>
      isSet && (expiresAt === undefined ? texts.connector.notExpiring : <Instant at={expiresAt} />),
  },
  {
    title: texts.connector.fingerprint,
    cell: ({ fingerprint }) => fingerprint !== undefined && <Code>{fingerprint}</Code>,
  },
];

function toUse({ isSet, isCurrent, problem }: SecretFacts): string {
  if (problem !== undefined) return problem;
  if (!isSet) return texts.connector.notSet;
  return isCurrent ? texts.connector.current : texts.connector.kept;
}
