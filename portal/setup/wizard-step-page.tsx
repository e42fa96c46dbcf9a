import { Text } from "@fluentui/react-components";
import { type MouseEvent, type ReactNode, useState } from "react";
import { useIsAdmin } from "../frame/me.tsx";
import { useRouter } from "../frame/router.tsx";
import { texts } from "../texts.ts";
import type { Draft } from "./drafts.ts";
import { ErrorSummary, type Fault } from "./error-summary.tsx";
import { SaveState } from "./save-state.tsx";
import type { Saver } from "./saver.ts";
import { SettingsProvider } from "./settings-context.tsx";
import { StepNav } from "./step-nav.tsx";
import { useForm, useKeeping, useSaverState } from "./use-saver.ts";
import { useSecrets } from "./use-secrets.ts";
import { WizardButtons } from "./wizard-buttons.tsx";
import { WizardStepContent } from "./wizard-step-content.tsx";
import { missingIn, type PageStep, stepsAround, toChosen, toStepAddress } from "./wizard-steps.ts";

interface WizardStepPageProps {
  readonly saver: Saver<Draft>;
  readonly step: PageStep;
}

/** A step of a draft: its fields save as one goes, and each step can be left at any time. */
export function WizardStepPage({ saver, step }: WizardStepPageProps): ReactNode {
  const isReadOnly = !useIsAdmin();
  const { go } = useRouter();
  const { saved, faults } = useSaverState(saver);
  const draft = saved.body;
  useKeeping(`draft:${draft.name}`, saver, !isReadOnly);
  const form = useForm(saver, { isReadOnly, isFeedFixed: false, savesAsOneGoes: !isReadOnly });
  const secrets = useSecrets(draft.name, () => void saver.refresh());
  const [tries, setTries] = useState(0);
  const [fetchesNow, setFetchesNow] = useState(true);
  const save = (): Promise<boolean> => (isReadOnly ? Promise.resolve(true) : saver.flush());
  const open = tries === 0 ? [] : [...toOwnFaults(faults), ...toOpen(draft, step)];

  const leave = async (to: string, event: MouseEvent): Promise<void> => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    await save();
    go(to);
  };
  /** What was changed and could not be saved is left as it is. */
  const choose = async (): Promise<void> => {
    const { saved: now, pending } = saver.snapshot();
    const chosen = toChosen(step, now.body.values);
    if (Object.keys(pending).length > 0 || Object.keys(chosen).length === 0) return;
    saver.change(chosen);
    await saver.flush();
  };
  const next = async (): Promise<void> => {
    await save();
    if (!isReadOnly) await choose();
    const { saved: now, faults: left } = saver.snapshot();
    const isOpen = Object.keys(left).length > 0 || missingIn(now.body, step).length > 0;
    const { after } = stepsAround(step);
    if (isOpen && !isReadOnly) setTries(tries + 1);
    else if (after !== undefined) go(toStepAddress(after, draft.name));
  };

  return (
    <SettingsProvider form={form}>
      <StepNav step={step} draft={draft} onGo={(to, event) => void leave(to, event)} />
      {isReadOnly ? <Text>{texts.setup.wizard.adminOnly}</Text> : <SaveState saver={saver} />}
      {open.length > 0 && <ErrorSummary faults={open} turn={tries} />}
      <WizardStepContent
        step={step}
        saver={saver}
        secrets={secrets}
        save={save}
        review={{ fetchesNow, onFetchesNow: setFetchesNow }}
      />
      <WizardButtons
        step={step}
        saver={saver}
        isReadOnly={isReadOnly}
        hasOpen={open.length > 0}
        fetchesNow={fetchesNow}
        onNext={() => void next()}
        onGo={(to, event) => void leave(to, event)}
        onRefused={() => setTries(tries + 1)}
      />
    </SettingsProvider>
  );
}

function toOwnFaults(faults: Readonly<Record<string, string | undefined>>): readonly Fault[] {
  return Object.entries(faults).map(([field, message = ""]) => ({ field, message }));
}

function toOpen(draft: Draft, step: PageStep): readonly Fault[] {
  return missingIn(draft, step).map(({ step: there, ...fault }) =>
    there === step ? fault : { ...fault, to: toStepAddress(there, draft.name) },
  );
}
