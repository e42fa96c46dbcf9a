import { Button, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { Page } from "../frame/page.tsx";
import { toAddress, useRouter } from "../frame/router.tsx";
import { texts } from "../texts.ts";
import { Results } from "./results.tsx";

const useStyles = makeStyles({
  form: {
    display: "flex",
    flexWrap: "wrap",
    alignItems: "start",
    gap: tokens.spacingHorizontalM,
    marginBottom: tokens.spacingVerticalL,
  },
  field: { flexGrow: 1, maxWidth: "44rem", minWidth: "min(20rem, 100%)" },
  button: { marginTop: "26px" },
});

const shortest = 2;

/** Finds drops by day, person, file or item. What is looked for stands in the fragment: it may be a person's address. */
export function SearchPage(): ReactNode {
  const styles = useStyles();
  const { place, go } = useRouter();
  const text = place.fragment.get("text") ?? "";
  const [typed, setTyped] = useState(text);
  const [isTooShort, setIsTooShort] = useState(false);
  const submit = (): void => {
    const wanted = typed.trim();
    setIsTooShort(wanted.length < shortest);
    if (wanted.length >= shortest) go(toAddress({ ...place, fragment: new URLSearchParams({ text: wanted }) }));
  };
  return (
    <Page title={texts.search.title} lead={texts.search.lead}>
      <search>
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <Field
            className={styles.field}
            label={texts.search.text}
            hint={texts.search.hint}
            {...(isTooShort ? { validationMessage: texts.search.tooShort } : {})}
          >
            <Input type="search" value={typed} onChange={(_, { value }) => setTyped(value)} autoComplete="off" />
          </Field>
          <Button type="submit" appearance="primary" className={styles.button}>
            {texts.search.go}
          </Button>
        </form>
      </search>
      {text.length >= shortest && <Results text={text} />}
    </Page>
  );
}
