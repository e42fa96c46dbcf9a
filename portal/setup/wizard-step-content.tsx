import type { ReactNode } from "react";
import { ask } from "../api.ts";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import type { Draft } from "./drafts.ts";
import type { Saver } from "./saver.ts";
import { Section } from "./section.tsx";
import { useSettings } from "./settings-context.tsx";
import { StepCredentials } from "./step-credentials.tsx";
import { StepMapping } from "./step-mapping.tsx";
import { StepReview } from "./step-review.tsx";
import { AcceptTerms, Terms } from "./step-terms.tsx";
import { useSaverState } from "./use-saver.ts";
import type { SecretsView } from "./use-secrets.ts";
import { ValidationPanel } from "./validation-panel.tsx";
import type { PageStep } from "./wizard-steps.ts";

interface WizardStepContentProps {
  readonly step: PageStep;
  readonly saver: Saver<Draft>;
  readonly secrets: SecretsView;
  readonly save: () => Promise<boolean>;
  readonly review: { readonly fetchesNow: boolean; readonly onFetchesNow: (fetchesNow: boolean) => void };
}

/** What a step shows. */
export function WizardStepContent({ step, saver, secrets, save, review }: WizardStepContentProps): ReactNode {
  const draft = useSaverState(saver).saved.body;
  const refresh = (): void => void saver.refresh();
  switch (step) {
    case "terms":
      return <TermsOfDraft saver={saver} />;
    case "credentials":
      return <StepCredentials name={draft.name} secrets={secrets} />;
    case "validation":
      return <StepValidation saver={saver} save={save} />;
    case "mapping":
      return <StepMapping name={draft.name} onChanged={refresh} save={save} />;
    case "review":
      return <StepReview draft={draft} secrets={secrets} {...review} />;
  }
}

function TermsOfDraft({ saver }: { readonly saver: Saver<Draft> }): ReactNode {
  const { saved } = useSaverState(saver);
  const { isReadOnly } = useSettings();
  const { name, terms } = saved.body;
  const accept = useAction<void, true>(async () => {
    const { etag } = await ask("readDraft", { params: { name } });
    await ask("changeDraft", { params: { name }, body: { hasAcceptedTerms: true } }, { ifMatch: etag });
    await saver.refresh();
    return true;
  });
  return (
    <Terms>
      {(terms !== undefined || !isReadOnly) && (
        <AcceptTerms
          isAccepted={terms !== undefined}
          problem={accept.error?.message}
          // Who accepted them and when is kept, so there is no way back.
          onChange={(isAccepted) => isAccepted && terms === undefined && void accept.run()}
        />
      )}
    </Terms>
  );
}

function StepValidation({ saver, save }: Pick<WizardStepContentProps, "saver" | "save">): ReactNode {
  const { saved } = useSaverState(saver);
  const { isReadOnly } = useSettings();
  if (isReadOnly) return null;
  const trust = (hostKeys: readonly string[]): Promise<boolean> => {
    saver.change({ "site.hostKeys": [...hostKeys] });
    return saver.flush();
  };
  return (
    <Section title={texts.setup.validation.start}>
      <ValidationPanel
        name={saved.body.name}
        beforeStart={save}
        trust={trust}
        onValidated={() => void saver.refresh()}
      />
    </Section>
  );
}
