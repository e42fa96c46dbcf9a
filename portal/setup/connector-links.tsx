import type { ReactNode } from "react";
import { ButtonLink } from "../frame/link.tsx";
import { texts } from "../texts.ts";
import { toMappingLink } from "./mapping-link.ts";

/** The pages by which a connector is changed, without the one that is open. */
export function ConnectorLinks({
  name,
  here,
}: {
  readonly name: string;
  readonly here?: "settings" | "keys" | "mapping";
}) {
  const pages: readonly { readonly key: string; readonly to: string; readonly text: string }[] = [
    { key: "settings", to: `/connectors/${name}/settings`, text: texts.setup.edit.settings },
    { key: "keys", to: `/connectors/${name}/keys`, text: texts.setup.edit.keys },
    { key: "mapping", to: toMappingLink(name), text: texts.setup.edit.mapping },
  ];
  return (
    <>
      {pages
        .filter(({ key }) => key !== here)
        .map(
          ({ key, to, text }): ReactNode => (
            <ButtonLink key={key} to={to}>
              {text}
            </ButtonLink>
          ),
        )}
    </>
  );
}
