import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ArchiveRegular } from "@fluentui/react-icons/svg/archive";
import { ClipboardTextLtrRegular } from "@fluentui/react-icons/svg/clipboard-text-ltr";
import { InfoRegular } from "@fluentui/react-icons/svg/info";
import { PlugConnectedRegular } from "@fluentui/react-icons/svg/plug-connected";
import { SearchRegular } from "@fluentui/react-icons/svg/search";
import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import { useFollow } from "./link.tsx";
import { useRouter } from "./router.tsx";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, display: "grid", rowGap: "2px" },
  icon: { fontSize: "20px", flexShrink: 0 },
  link: {
    display: "flex",
    alignItems: "center",
    columnGap: tokens.spacingHorizontalM,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    borderRadius: tokens.borderRadiusMedium,
    borderLeft: "3px solid transparent",
    color: tokens.colorNeutralForeground2,
    textDecorationLine: "none",
    ":hover": { backgroundColor: tokens.colorNeutralBackground2Hover, color: tokens.colorNeutralForeground1 },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
    // No colour is transparent there: each of them would look like the current one.
    "@media (forced-colors: active)": { borderLeftColor: "Canvas" },
  },
  current: {
    "@media (forced-colors: active)": { borderLeftColor: "Highlight" },
    borderLeftColor: tokens.colorCompoundBrandStroke,
    fontWeight: tokens.fontWeightSemibold,
    color: tokens.colorNeutralForeground1,
    backgroundColor: tokens.colorNeutralBackground2Selected,
  },
});

/** The sections of the page, and below which addresses each of them lies. */
const sections = [
  { to: "/", text: texts.frame.connectors, Icon: PlugConnectedRegular, below: ["/connectors", "/setup"] },
  { to: "/drops", text: texts.frame.drops, Icon: ArchiveRegular, below: ["/drops"] },
  { to: "/search", text: texts.frame.search, Icon: SearchRegular, below: ["/search"] },
  { to: "/audit", text: texts.frame.audit, Icon: ClipboardTextLtrRegular, below: ["/audit"] },
  { to: "/about", text: texts.frame.about, Icon: InfoRegular, below: ["/about"] },
] as const;

/** Links to the sections; the one that the reader is in is marked. */
export function Sections(): ReactNode {
  const styles = useStyles();
  const { path } = useRouter().place;
  return (
    <nav aria-label={texts.frame.navigation}>
      <ul className={styles.list}>
        {sections.map(({ to, text, below, Icon }) => (
          <li key={to}>
            <SectionLink to={to} isCurrent={path === to || below.some((start) => `${path}/`.startsWith(`${start}/`))}>
              <Icon className={styles.icon} aria-hidden />
              {text}
            </SectionLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function SectionLink(props: { readonly to: string; readonly isCurrent: boolean; readonly children: ReactNode }) {
  const styles = useStyles();
  const follow = useFollow(props.to);
  return (
    <a
      href={props.to}
      onClick={follow}
      className={mergeClasses(styles.link, props.isCurrent && styles.current)}
      aria-current={props.isCurrent ? "page" : undefined}
    >
      {props.children}
    </a>
  );
}
