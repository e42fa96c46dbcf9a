import type { ReactNode } from "react";
import { Page } from "../frame/page.tsx";
import { texts } from "../texts.ts";

/** What the app is. */
export function AboutPage(): ReactNode {
  return <Page title={texts.frame.about}>{null}</Page>;
}
