import {
  Badge,
  Button,
  makeStyles,
  mergeClasses,
  OverlayDrawer,
  Text,
  Tooltip,
  tokens,
} from "@fluentui/react-components";
import { NavigationRegular } from "@fluentui/react-icons/svg/navigation";
import { type ReactNode, useEffect, useState } from "react";
import { texts } from "../texts.ts";
import { useMe } from "./me.tsx";
import { useRouter } from "./router.tsx";
import { Sections } from "./sections.tsx";
import { signOutUrl } from "./sign-in.ts";

const narrow = "@media (max-width: 800px)";

const useStyles = makeStyles({
  skip: {
    position: "absolute",
    left: "-100vw",
    ":focus": {
      left: tokens.spacingHorizontalM,
      top: tokens.spacingVerticalS,
      zIndex: 10,
      padding: tokens.spacingHorizontalM,
      backgroundColor: tokens.colorNeutralBackground1,
      color: tokens.colorBrandForegroundLink,
    },
  },
  banner: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    gap: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalM}`,
    minHeight: "48px",
    paddingBlock: tokens.spacingVerticalXS,
    paddingInline: tokens.spacingHorizontalL,
    backgroundColor: tokens.colorBrandBackground,
    color: tokens.colorNeutralForegroundOnBrand,
    forcedColorAdjust: "auto",
  },
  menuButton: { display: "none", color: tokens.colorNeutralForegroundOnBrand, [narrow]: { display: "inline-flex" } },
  product: { flexGrow: 1 },
  who: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: tokens.spacingHorizontalM },
  onBrand: { color: tokens.colorNeutralForegroundOnBrand },
  body: { display: "flex", flexGrow: 1 },
  side: {
    flexShrink: 0,
    width: "220px",
    padding: tokens.spacingHorizontalS,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
    backgroundColor: tokens.colorNeutralBackground2,
    [narrow]: { display: "none" },
  },
  main: {
    flexGrow: 1,
    minWidth: 0,
    padding: `${tokens.spacingVerticalXL} ${tokens.spacingHorizontalXXL} ${tokens.spacingVerticalXXXL}`,
    [narrow]: { paddingInline: tokens.spacingHorizontalM },
    ":focus": { outlineStyle: "none" },
  },
  inner: { maxWidth: "1280px" },
  drawer: { width: "260px", maxWidth: "90vw", padding: tokens.spacingHorizontalS },
});

/** What is around every page: the banner with who is signed in, the navigation, the main part. */
export function Shell({ children }: { readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  return (
    <>
      <Banner />
      <div className={styles.body}>
        <div className={styles.side}>
          <Sections />
        </div>
        <main id="main" tabIndex={-1} className={styles.main}>
          <div className={styles.inner}>{children}</div>
        </main>
      </div>
    </>
  );
}

/** A button and not a link to #main, since the fragment of the address belongs to the pages. */
function skip(): void {
  document.getElementById("main")?.focus();
}

function Banner(): ReactNode {
  const styles = useStyles();
  const { frame } = texts;
  const [isOpen, setIsOpen] = useState(false);
  const { path } = useRouter().place;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu
  useEffect(() => setIsOpen(false), [path]);
  return (
    <header className={styles.banner}>
      <button type="button" className={styles.skip} onClick={skip}>
        {texts.frame.skip}
      </button>
      <Button
        appearance="transparent"
        className={styles.menuButton}
        icon={<NavigationRegular />}
        aria-label={frame.menu}
        aria-expanded={isOpen}
        onClick={() => setIsOpen(true)}
      />
      <Text size={400} weight="semibold" className={styles.product}>
        {frame.product}
      </Text>
      <Who />
      <OverlayDrawer
        open={isOpen}
        onOpenChange={(_, { open }) => setIsOpen(open)}
        className={styles.drawer}
        aria-label={frame.menu}
      >
        <Button appearance="subtle" onClick={() => setIsOpen(false)}>
          {frame.closeMenu}
        </Button>
        <Sections />
      </OverlayDrawer>
    </header>
  );
}

function Who(): ReactNode {
  const styles = useStyles();
  const { frame } = texts;
  const { name, role, isDevelopment } = useMe();
  const roleText = role === "admin" ? frame.admin : frame.reader;
  return (
    <div className={styles.who}>
      {name !== undefined && <Text className={styles.onBrand}>{name}</Text>}
      <Badge appearance="filled" color="informative">
        {roleText}
      </Badge>
      {isDevelopment ? (
        <Tooltip content={frame.developmentWhy} relationship="description">
          <Badge appearance="filled" color="warning" tabIndex={0}>
            {frame.development}
          </Badge>
        </Tooltip>
      ) : (
        <a className={mergeClasses(styles.onBrand)} href={signOutUrl}>
          {frame.signOut}
        </a>
      )}
    </div>
  );
}
