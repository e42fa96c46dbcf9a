import { Button, makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { toAddress, useAddressValue, useRouter } from "../frame/router.tsx";
import { texts } from "../texts.ts";

const useStyles = makeStyles({
  pager: { display: "flex", gap: tokens.spacingHorizontalS, marginTop: tokens.spacingVerticalM },
});

/** The place in a list that the address names. */
export function useCursor(where: "query" | "fragment" = "query"): string | undefined {
  const [cursor] = useAddressValue("cursor", where);
  return cursor === "" ? undefined : cursor;
}

/** Leads through a list that comes in pages. The page is in the address, and the browser's way back goes to the one before. */
export function Pager(props: { readonly next: string | undefined; readonly where?: "query" | "fragment" }): ReactNode {
  const { next, where = "query" } = props;
  const styles = useStyles();
  const { place, go } = useRouter();
  const current = useCursor(where);
  if (next === undefined && current === undefined) return null;
  const goTo = (cursor: string | undefined): void => {
    const values = new URLSearchParams(place[where]);
    if (cursor === undefined) values.delete("cursor");
    else values.set("cursor", cursor);
    go(toAddress({ ...place, [where]: values }));
    scrollTo(0, 0);
  };
  return (
    <div className={styles.pager}>
      {current !== undefined && <Button onClick={() => goTo(undefined)}>{texts.parts.firstPage}</Button>}
      {next !== undefined && <Button onClick={() => goTo(next)}>{texts.parts.nextPage}</Button>}
    </div>
  );
}
