import { Checkbox, MessageBar, MessageBarBody } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { Link } from "../frame/link.tsx";
import { Instant } from "../parts/instant.tsx";
import { toPrincipalText } from "../parts/principal.ts";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import type { Draft } from "./drafts.ts";
import { useMappingResource } from "./mapping-section.tsx";
import { Section } from "./section.tsx";
import { defaults, type KnownSettings } from "./settings.ts";
import { useSettings } from "./settings-context.tsx";
import { Pairs, toFilePairs, toSitePairs } from "./settings-summary.tsx";
import type { SecretsView } from "./use-secrets.ts";
import { type PageStep, toStepAddress } from "./wizard-steps.ts";

const words = texts.setup;

interface StepReviewProps {
  readonly draft: Draft;
  readonly secrets: SecretsView;
  readonly fetchesNow: boolean;
  readonly onFetchesNow: (fetchesNow: boolean) => void;
}

/** Everything once more, each part with the way back to it. */
export function StepReview({ draft, secrets, fetchesNow, onFetchesNow }: StepReviewProps): ReactNode {
  const { shown, isReadOnly } = useSettings();
  const { name } = draft;
  return (
    <>
      <p>{words.review.lead}</p>
      <Accepted draft={draft} />
      <Reviewed title={words.sections.site} step="credentials" draft={name}>
        <Pairs pairs={[...toSitePairs(shown), ...toSecretPairs(secrets)]} />
      </Reviewed>
      <Reviewed title={words.sections.files} step="credentials" draft={name}>
        <Pairs pairs={toFilePairs(shown)} />
      </Reviewed>
      <Reviewed title={words.steps.validation} step="validation" draft={name}>
        <Validated draft={draft} />
      </Reviewed>
      <Reviewed title={words.steps.mapping} step="mapping" draft={name}>
        <MappingPairs name={name} settings={shown} />
      </Reviewed>
      {!isReadOnly && (
        <Checkbox
          label={words.review.fetchNow}
          checked={fetchesNow}
          onChange={(_event, { checked }) => onFetchesNow(checked === true)}
        />
      )}
    </>
  );
}

interface ReviewedProps {
  readonly title: string;
  readonly step: PageStep;
  readonly draft: string;
  readonly children: ReactNode;
}

function Reviewed({ title, step, draft, children }: ReviewedProps): ReactNode {
  return (
    <Section title={title}>
      {children}
      <div>
        <Link to={toStepAddress(step, draft)}>{words.review.change(title)}</Link>
      </div>
    </Section>
  );
}

function Validated({ draft: { validated } }: { readonly draft: Draft }): ReactNode {
  if (validated !== undefined) {
    return (
      <div>
        {words.validation.last[validated.verdict]}: <Instant at={validated.at} />
      </div>
    );
  }
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>{words.review.notValidated}</MessageBarBody>
    </MessageBar>
  );
}

function Accepted({ draft: { name, terms } }: { readonly draft: Draft }): ReactNode {
  if (terms === undefined) return null;
  return (
    <Reviewed title={words.steps.terms} step="terms" draft={name}>
      <div>
        {words.terms.accepted(toPrincipalText(terms.acceptedBy))}, <Instant at={terms.acceptedAt} />
      </div>
    </Reviewed>
  );
}

/** That they are there, and which they are; never more. */
function toSecretPairs({ items = [] }: SecretsView): readonly (readonly [string, ReactNode])[] {
  return items
    .filter(({ isCurrent, isNeeded, isSet }) => isCurrent && (isNeeded || isSet))
    .map(({ kind, isSet, fingerprint, number }) => {
      const label = kind === "pgp-key" ? words.keys.number(number ?? 1) : words.secretKinds[kind];
      return [label, isSet ? (fingerprint ?? words.review.isSet) : words.review.isMissing] as const;
    });
}

function MappingPairs({ name, settings }: { readonly name: string; readonly settings: KnownSettings }): ReactNode {
  const mapping = useMappingResource(name);
  const list = useResource("readHoldList", { params: { name } });
  const { review, people: ofPeople, fieldNames, list: ofList } = words;
  const people = settings.people ?? defaults.people;
  const isAutomatic = settings["mapping.isAutomatic"] ?? defaults["mapping.isAutomatic"];
  const entries = mapping.data?.file?.entries;
  const listed = list.data?.file?.entries;
  const whose = {
    everybody: ofPeople.everybody,
    list: `${ofPeople.list}: ${listed === undefined ? ofList.none["hold-list"] : review.holdList(listed)}`,
    group: `${ofPeople.group}: ${people.type === "group" ? people.group : ""}`,
  };
  return (
    <Pairs
      pairs={[
        [fieldNames["mapping.isAutomatic"], isAutomatic ? review.yes : review.no],
        [fieldNames["mapping.file"], entries === undefined ? ofList.none.mapping : review.mappingFile(entries)],
        [ofPeople.heading, whose[people.type]],
      ]}
    />
  );
}
