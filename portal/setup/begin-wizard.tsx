import { Button, Field, Input, Spinner } from "@fluentui/react-components";
import { type FormEvent, type ReactNode, useState } from "react";
import type { MissingField } from "../../shared/api/contract/drafts.ts";
import { ask } from "../api.ts";
import { useRouter } from "../frame/router.tsx";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import { ErrorSummary } from "./error-summary.tsx";
import { Section } from "./section.tsx";
import { toFieldId } from "./settings-context.tsx";
import { AcceptTerms, Terms, useFirstWords } from "./step-terms.tsx";
import { type NameStanding, useNameCheck } from "./use-name-check.ts";
import { toStepAddress } from "./wizard-steps.ts";

const words = texts.setup.terms;

/** The first step, before there is a draft: a name, which is taken from then on, and the terms. */
export function BeginWizard(): ReactNode {
  const { go } = useRouter();
  const first = useFirstWords();
  const standing = useNameCheck(first.name);
  const [tries, setTries] = useState(0);
  const begin = useAction<void, string>(async () => {
    await beginDraft(first.name);
    return first.name;
  });
  const faults = toFaults(first, standing, begin.error?.faultOf("name"));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTries(tries + 1);
    if (faults.length > 0) return;
    void begin.run().then((name) => {
      if (name === undefined) return;
      first.forget();
      go(toStepAddress("credentials", name));
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      {tries > 0 && faults.length > 0 && <ErrorSummary faults={faults} turn={tries} />}
      <NameField name={first.name} standing={standing} isTried={tries > 0} onName={first.setName} />
      <Terms>
        <AcceptTerms
          isAccepted={first.isAccepted}
          problem={tries > 0 && !first.isAccepted ? words.mustAccept : undefined}
          onChange={first.setIsAccepted}
        />
      </Terms>
      {begin.error !== undefined && <Problem error={begin.error} />}
      <Button
        type="submit"
        appearance="primary"
        disabledFocusable={begin.isRunning}
        {...(begin.isRunning ? { icon: <Spinner size="tiny" /> } : {})}
      >
        {words.begin}
      </Button>
    </form>
  );
}

/** Both keys and PGP at first: what ICE gives most firms, and what the native connector takes. The zone is the reader's own. */
function toFirstValues() {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return { site: { login: "key-and-password" }, encryption: { type: "pgp" }, zone: timeZone } as const;
}

/** Begins a draft and accepts its terms. A second try after the first half has worked goes on with it. */
async function beginDraft(name: string): Promise<void> {
  const { etag } = await ask("createDraft", { body: { name, values: toFirstValues() } });
  await ask("changeDraft", { params: { name }, body: { hasAcceptedTerms: true } }, { ifMatch: etag });
}

function NameField(props: {
  readonly name: string;
  readonly standing: NameStanding;
  readonly isTried: boolean;
  readonly onName: (name: string) => void;
}): ReactNode {
  const { standing } = props;
  const problem = standing.state === "wrong" ? standing.problem : undefined;
  const shown = problem ?? (props.isTried && standing.state === "empty" ? words.nameForm : undefined);
  return (
    <Section title={words.nameHeading}>
      <Field
        label={words.nameLabel}
        hint={words.nameHint}
        required
        {...(shown !== undefined ? { validationMessage: shown } : {})}
        {...(standing.state === "free" ? { validationMessage: words.nameFree, validationState: "success" } : {})}
      >
        <Input
          id={toFieldId("name")}
          value={props.name}
          maxLength={40}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          placeholder="acme-london"
          onChange={(_event, { value }) => props.onName(value.trim().toLowerCase())}
        />
      </Field>
    </Section>
  );
}

function toFaults(
  { name, isAccepted }: { readonly name: string; readonly isAccepted: boolean },
  standing: NameStanding,
  refused: string | undefined,
): readonly MissingField[] {
  const ofName = standing.state === "wrong" ? standing.problem : name === "" ? words.nameForm : refused;
  return [
    ...(ofName === undefined ? [] : [{ field: "name", message: ofName }]),
    ...(isAccepted ? [] : [{ field: "hasAcceptedTerms", message: words.mustAccept }]),
  ];
}
