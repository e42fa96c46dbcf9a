import {
  Badge,
  Button,
  Checkbox,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Subtitle2,
  Text,
  tokens,
} from "@fluentui/react-components";
import { type FormEvent, type ReactNode, useId, useState } from "react";
import type { ValidationStep } from "../../shared/api/contract/keys.ts";
import { texts } from "../texts.ts";
import { chooseConfirmed, listCandidates } from "./host-key-choice.ts";

const words = texts.setup.hostKeys;
const useStyles = makeStyles({
  box: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr)",
    rowGap: tokens.spacingVerticalM,
    margin: `${tokens.spacingVerticalM} 0`,
    padding: tokens.spacingHorizontalM,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    borderRadius: tokens.borderRadiusMedium,
  },
  heading: { margin: 0 },
  list: { margin: 0, paddingLeft: tokens.spacingHorizontalXL },
  code: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere" },
});

type ShownHostKey = NonNullable<NonNullable<ValidationStep["details"]>["hostKeys"]>[number];

interface HostKeysProps {
  readonly hostKeys: readonly ShownHostKey[];
  /** Another key was confirmed before. */
  readonly isChanged: boolean;
  readonly onConfirm: (fingerprints: readonly string[]) => Promise<void>;
}

/** Shows who the site says it is, and takes the word of a person who has compared it: two acts, so that none is a slip. */
export function HostKeys({ hostKeys, isChanged, onConfirm }: HostKeysProps): ReactNode {
  const styles = useStyles();
  const headingId = useId();
  const [given, setGiven] = useState("");
  const [compared, setCompared] = useState<ReadonlySet<string>>(new Set());
  const [isTried, setIsTried] = useState(false);
  const shown = hostKeys.map(({ fingerprint }) => fingerprint);
  const candidates = listCandidates(shown, given);
  const confirmed = chooseConfirmed(shown, given, compared);
  const isGiven = given.trim() !== "";
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setIsTried(true);
    if (confirmed.length > 0) void onConfirm(confirmed);
  };
  const tick = (fingerprint: string, isCompared: boolean): void => {
    const next = new Set(compared);
    if (isCompared) next.add(fingerprint);
    else next.delete(fingerprint);
    setCompared(next);
  };
  return (
    <form className={styles.box} onSubmit={submit} aria-labelledby={headingId}>
      <Subtitle2 as="h3" id={headingId} className={styles.heading}>
        {words.heading}
      </Subtitle2>
      {isChanged ? (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{words.changed}</MessageBarBody>
        </MessageBar>
      ) : (
        <Text>{words.lead}</Text>
      )}
      <GivenField
        given={given}
        isForeign={candidates.length === 0}
        isSame={isGiven && candidates.length > 0}
        onGiven={setGiven}
      />
      <ul className={styles.list}>
        {hostKeys.map((hostKey) => (
          <HostKey
            key={hostKey.fingerprint}
            hostKey={hostKey}
            isGiven={isGiven && candidates.includes(hostKey.fingerprint)}
            isCandidate={candidates.includes(hostKey.fingerprint)}
            isCompared={compared.has(hostKey.fingerprint)}
            onCompared={(isCompared) => tick(hostKey.fingerprint, isCompared)}
          />
        ))}
      </ul>
      <Field {...(isTried && confirmed.length === 0 ? { validationMessage: words.mustCompare } : {})}>
        <div>
          <Button type="submit" appearance="primary">
            {words.confirm}
          </Button>
        </div>
      </Field>
    </form>
  );
}

interface HostKeyProps {
  readonly hostKey: ShownHostKey;
  readonly isGiven: boolean;
  /** It may be vouched for: ICE has named none, or this one. */
  readonly isCandidate: boolean;
  readonly isCompared: boolean;
  readonly onCompared: (isCompared: boolean) => void;
}

function HostKey({ hostKey, isGiven, isCandidate, isCompared, onCompared }: HostKeyProps): ReactNode {
  const styles = useStyles();
  return (
    <li>
      {hostKey.kind}: <span className={styles.code}>{hostKey.fingerprint}</span>{" "}
      <Badges hostKey={hostKey} isGiven={isGiven} />
      {isCandidate && (
        <div>
          <Checkbox
            label={words.compared(hostKey.kind)}
            checked={isCompared}
            onChange={(_event, { checked }) => onCompared(checked === true)}
          />
        </div>
      )}
    </li>
  );
}

function Badges({ hostKey, isGiven }: { readonly hostKey: ShownHostKey; readonly isGiven: boolean }): ReactNode {
  return (
    <>
      <Badge appearance="tint" color={hostKey.isTrusted ? "success" : "informative"}>
        {hostKey.isTrusted ? words.trusted : words.unknown}
      </Badge>{" "}
      {isGiven && (
        <Badge appearance="tint" color="success">
          {words.matches}
        </Badge>
      )}
    </>
  );
}

function GivenField(props: {
  readonly given: string;
  readonly isSame: boolean;
  readonly isForeign: boolean;
  readonly onGiven: (text: string) => void;
}): ReactNode {
  const problem = props.isForeign ? { validationMessage: words.notSame } : {};
  const good = props.isSame ? { validationMessage: words.same, validationState: "success" as const } : {};
  return (
    <Field label={words.paste} hint={words.pasteHint} {...problem} {...good}>
      <Input
        value={props.given}
        autoComplete="off"
        spellCheck={false}
        placeholder="SHA256:"
        onChange={(_event, { value }) => props.onGiven(value)}
      />
    </Field>
  );
}
