import { makeStyles, tokens, typographyStyles } from "@fluentui/react-components";
import { type ReactNode, useId } from "react";

const useStyles = makeStyles({
  section: {
    marginBlock: tokens.spacingVerticalL,
    padding: `${tokens.spacingVerticalL} ${tokens.spacingHorizontalL}`,
    border: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRadius: tokens.borderRadiusLarge,
    backgroundColor: tokens.colorNeutralBackground1,
  },
  head: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "center",
    justifyContent: "space-between",
    gap: tokens.spacingHorizontalM,
    marginBottom: tokens.spacingVerticalM,
  },
  title: { ...typographyStyles.subtitle2, margin: 0 },
  beside: { color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

/** A part of a page with a heading of its own. */
export function Section(props: { readonly title: string; readonly beside?: ReactNode; readonly children: ReactNode }) {
  const styles = useStyles();
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          {props.title}
        </h2>
        {props.beside !== undefined && <div className={styles.beside}>{props.beside}</div>}
      </div>
      {props.children}
    </section>
  );
}
