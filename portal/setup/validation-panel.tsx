import {
  Badge,
  Button,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Spinner,
  Text,
  tokens,
} from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { ValidationReply, ValidationStep } from "../../shared/api/contract/keys.ts";
import { ask } from "../api.ts";
import type { ApiError } from "../api-error.ts";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import { toFieldLabel } from "./error-summary.tsx";
import { HostKeys } from "./host-keys.tsx";
import { StepDetails } from "./step-details.tsx";

const words = texts.setup.validation;
const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, display: "grid", rowGap: tokens.spacingVerticalM },
  step: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr)",
    rowGap: tokens.spacingVerticalXS,
    paddingLeft: tokens.spacingHorizontalM,
    borderLeft: `3px solid ${tokens.colorNeutralStroke2}`,
  },
  ok: { borderLeftColor: tokens.colorPaletteGreenBorder2 },
  failed: { borderLeftColor: tokens.colorPaletteRedBorder2 },
  head: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM, alignItems: "center" },
});

interface ValidationPanelProps {
  readonly name: string;
  /** Saves what is not saved yet: the app tries what is saved. @returns whether that worked */
  readonly beforeStart: () => Promise<boolean>;
  /** Puts host keys among the trusted ones. @returns whether that worked */
  readonly trust: (fingerprints: readonly string[]) => Promise<boolean>;
  readonly onValidated: () => void;
}

/** Tries the connection, and shows what came of each step and what to do. */
export function ValidationPanel({ name, beforeStart, trust, onValidated }: ValidationPanelProps): ReactNode {
  const [found, setFound] = useState<ValidationReply>();
  const action = useAction<void, ValidationReply | undefined>(async () => {
    setFound(undefined);
    if (!(await beforeStart())) return undefined;
    return (await ask("validateConnection", { params: { name } })).body;
  });
  const start = async (): Promise<void> => {
    const reply = await action.run();
    if (reply === undefined) return;
    setFound(reply);
    onValidated();
  };
  const confirm = async (fingerprints: readonly string[]): Promise<void> => {
    if (await trust(fingerprints)) await start();
  };
  return (
    <>
      <Text>{words.lead}</Text>
      <div>
        <Button
          appearance="primary"
          disabledFocusable={action.isRunning}
          {...(action.isRunning ? { icon: <Spinner size="tiny" /> } : {})}
          onClick={() => void start()}
        >
          {found === undefined ? words.start : words.again}
        </Button>
      </div>
      <div role="status">
        <Text weight="semibold">{toStanding(action.isRunning, found)}</Text>
      </div>
      {action.error !== undefined && <Refusal error={action.error} />}
      {found !== undefined && <Steps found={found} onConfirm={confirm} />}
    </>
  );
}

function toStanding(isRunning: boolean, found: ValidationReply | undefined): string {
  if (isRunning) return words.running;
  if (found === undefined) return "";
  return words.verdicts[found.verdict];
}

function Refusal({ error }: { readonly error: ApiError }): ReactNode {
  if (error.kind === "invalid") return <Missing error={error} />;
  if (error.kind !== "too-many" || error.retryAfterInMs === undefined) return <Problem error={error} />;
  return <Text role="alert">{words.tooMany(Math.ceil(error.retryAfterInMs / 1000))}</Text>;
}

/** What has to be filled in first, by the names that the page has for it. */
function Missing({ error }: { readonly error: ApiError }): ReactNode {
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>{words.needs}</MessageBarTitle>
        <ul>
          {error.faults.map(({ path, message }) => (
            <li key={`${path} ${message}`}>{`${toFieldLabel(path) ?? path}: ${message}`}</li>
          ))}
        </ul>
      </MessageBarBody>
    </MessageBar>
  );
}

function Steps(props: {
  readonly found: ValidationReply;
  readonly onConfirm: (fingerprints: readonly string[]) => Promise<void>;
}): ReactNode {
  const styles = useStyles();
  return (
    <ol className={styles.list}>
      {props.found.steps.map((step) => (
        <li key={step.step}>
          <Step step={step} />
          {step.step === "host-key" && step.outcome !== "ok" && step.details?.hostKeys !== undefined && (
            <HostKeys
              hostKeys={step.details.hostKeys}
              isChanged={step.reason === "host-key-changed"}
              onConfirm={props.onConfirm}
            />
          )}
        </li>
      ))}
    </ol>
  );
}

const colors = { ok: "success", failed: "danger", skipped: "informative" } as const;

function Step({ step }: { readonly step: ValidationStep }): ReactNode {
  const styles = useStyles();
  const { outcome } = step;
  const border = outcome === "ok" ? styles.ok : outcome === "failed" ? styles.failed : "";
  return (
    <div className={`${styles.step} ${border}`}>
      <div className={styles.head}>
        <Text weight="semibold">{words.names[step.step]}</Text>
        <Badge appearance="tint" color={colors[outcome]}>
          {words.outcomes[outcome]}
        </Badge>
      </div>
      <Text>{step.message}</Text>
      {step.details !== undefined && <StepDetails details={step.details} />}
    </div>
  );
}
