import {
  Breadcrumb,
  BreadcrumbDivider,
  BreadcrumbItem,
  makeStyles,
  tokens,
  typographyStyles,
} from "@fluentui/react-components";
import { Fragment, type ReactNode, useEffect, useRef } from "react";
import { texts } from "../texts.ts";
import { Link } from "./link.tsx";

const useStyles = makeStyles({
  head: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    justifyContent: "space-between",
    columnGap: tokens.spacingHorizontalL,
    rowGap: tokens.spacingVerticalS,
    marginBottom: tokens.spacingVerticalL,
  },
  title: { ...typographyStyles.title2, margin: 0, overflowWrap: "anywhere", ":focus": { outlineStyle: "none" } },
  named: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM, minWidth: 0 },
  beside: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
  lead: {
    color: tokens.colorNeutralForeground2,
    marginTop: 0,
    marginBottom: tokens.spacingVerticalL,
    maxWidth: "60rem",
  },
  crumbs: { marginBottom: tokens.spacingVerticalXS, flexWrap: "wrap" },
});

/** A page above this one. */
export interface Crumb {
  readonly to: string;
  readonly text: string;
}

interface PageProps {
  readonly title: string;
  /** A sentence below the title. */
  readonly lead?: ReactNode;
  readonly crumbs?: readonly Crumb[];
  /** The state of what the page is about, beside the title. */
  readonly badge?: ReactNode;
  /** Buttons at the other end of the title's line. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its title in the tab and as its one h1, which has the focus after a move, so that a screen reader reads it. */
export function Page({ title, lead, crumbs = [], badge, beside, children }: PageProps): ReactNode {
  const styles = useStyles();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = texts.frame.title(title);
  }, [title]);
  useEffect(() => {
    if (hasMoved) heading.current?.focus({ preventScroll: true });
    hasMoved = true;
  }, []);
  return (
    <>
      {crumbs.length > 0 && <Crumbs crumbs={crumbs} />}
      <div className={styles.head}>
        <div className={styles.named}>
          <h1 className={styles.title} ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {badge}
        </div>
        {beside !== undefined && <div className={styles.beside}>{beside}</div>}
      </div>
      {lead !== undefined && <p className={styles.lead}>{lead}</p>}
      {children}
    </>
  );
}

/** The first page that is loaded leaves the focus where the browser has it. */
let hasMoved = false;

function Crumbs({ crumbs }: { readonly crumbs: readonly Crumb[] }): ReactNode {
  const styles = useStyles();
  return (
    <Breadcrumb aria-label={texts.frame.path} size="small" className={styles.crumbs}>
      {crumbs.map(({ to, text }) => (
        <Fragment key={to}>
          <BreadcrumbItem>
            <Link to={to}>{text}</Link>
          </BreadcrumbItem>
          <BreadcrumbDivider />
        </Fragment>
      ))}
    </Breadcrumb>
  );
}
