import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import { ButtonLink } from "./link.tsx";
import { Page } from "./page.tsx";

/** No page has this address. */
export function NotFound(): ReactNode {
  const { states } = texts;
  return (
    <Page title={states.notFound} lead={states.notFoundWhat}>
      <ButtonLink to="/">{states.toStart}</ButtonLink>
    </Page>
  );
}
