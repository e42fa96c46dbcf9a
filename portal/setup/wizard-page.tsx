import type { ReactNode } from "react";
import { ButtonLink } from "../frame/link.tsx";
import { useIsAdmin } from "../frame/me.tsx";
import { Page } from "../frame/page.tsx";
import type { PageParams } from "../frame/route-match.ts";
import { useRouter } from "../frame/router.tsx";
import { Empty, Failed, Loading } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { BeginWizard } from "./begin-wizard.tsx";
import { toDraftDeps } from "./drafts.ts";
import { StepNav } from "./step-nav.tsx";
import { useLoadedSaver } from "./use-saver.ts";
import { WizardStepPage } from "./wizard-step-page.tsx";
import { type PageStep, toPageStep, toStepAddress } from "./wizard-steps.ts";

const words = texts.setup.wizard;
const crumbs = [{ to: "/", text: words.crumb }];

/** A step of the wizard, `/connectors/new/{step}?draft={name}`; without a draft the first one, which begins one. */
export function WizardPage({ params }: { readonly params: PageParams }): ReactNode {
  const { place } = useRouter();
  const isAdmin = useIsAdmin();
  const step = toPageStep(params["step"]) ?? "terms";
  const draft = place.query.get("draft") ?? undefined;
  const title = words.title(texts.setup.steps[step], draft);
  if (draft !== undefined) return <DraftStep key={draft} name={draft} step={step} />;
  return (
    <Page title={title} crumbs={crumbs} lead={texts.setup.terms.lead}>
      {isAdmin ? <Begin step={step} /> : <Empty title={words.adminOnly} />}
    </Page>
  );
}

function Begin({ step }: { readonly step: PageStep }): ReactNode {
  if (step !== "terms") {
    return (
      <Empty
        title={words.noDraft}
        action={<ButtonLink to={toStepAddress("terms", undefined)}>{words.begin}</ButtonLink>}
      >
        {words.noDraftWhat}
      </Empty>
    );
  }
  return (
    <>
      <StepNav step={step} draft={undefined} onGo={() => undefined} />
      <BeginWizard />
    </>
  );
}

function DraftStep({ name, step }: { readonly name: string; readonly step: PageStep }): ReactNode {
  const { saver, error, reload } = useLoadedSaver(`draft:${name}`, toDraftDeps(name));
  return (
    <Page title={words.title(texts.setup.steps[step], name)} crumbs={crumbs}>
      {saver !== undefined && <WizardStepPage saver={saver} step={step} />}
      {saver === undefined && (error === undefined ? <Loading lines={8} /> : <Failed error={error} retry={reload} />)}
    </Page>
  );
}
