import { Badge, type BadgeProps, makeStyles } from "@fluentui/react-components";
import type { ReactNode } from "react";

/** What a state's tint means. */
export type TintColor = NonNullable<BadgeProps["color"]>;

const useStyles = makeStyles({
  tint: { whiteSpace: "nowrap" },
});

/** A state as a word on a tint: the word alone tells it, the colour only helps to find it. */
export function Tint({ color, text }: { readonly color: TintColor; readonly text: string }): ReactNode {
  const styles = useStyles();
  return (
    <Badge appearance="tint" color={color} size="large" className={styles.tint}>
      {text}
    </Badge>
  );
}
