import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  Skeleton,
  SkeletonItem,
  Text,
  tokens,
} from "@fluentui/react-components";
import { type ReactNode, useEffect, useState } from "react";
import type { ApiError } from "../api-error.ts";
import { ButtonLink } from "../frame/link.tsx";
import { signInUrl, signOutUrl } from "../frame/sign-in.ts";
import { texts } from "../texts.ts";
import type { Resource } from "../use-resource.ts";
import { toClockText } from "./times.ts";

const useStyles = makeStyles({
  skeleton: { display: "grid", rowGap: tokens.spacingVerticalM, maxWidth: "60rem" },
  empty: {
    display: "grid",
    justifyItems: "center",
    textAlign: "center",
    rowGap: tokens.spacingVerticalM,
    padding: `${tokens.spacingVerticalXXXL} ${tokens.spacingHorizontalL}`,
  },
  emptyText: { color: tokens.colorNeutralForeground2, maxWidth: "36rem" },
  stale: { marginBottom: tokens.spacingVerticalM },
});

/** A skeleton, once the wait is long enough to be seen: what is quick does not flicker. */
export function Loading({ lines = 5 }: { readonly lines?: number }): ReactNode {
  const styles = useStyles();
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={texts.states.loading}>
      {isLong && (
        <Skeleton className={styles.skeleton} aria-hidden>
          {Array.from({ length: lines }, (_, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of a skeleton are all alike
            <SkeletonItem key={line} size={line === 0 ? 32 : 20} />
          ))}
        </Skeleton>
      )}
    </div>
  );
}

/** There is nothing to show, and that is no fault: says what would be here and what can be done. */
export function Empty(props: { readonly title: string; readonly children?: ReactNode; readonly action?: ReactNode }) {
  const styles = useStyles();
  return (
    <div className={styles.empty}>
      <Text as="h2" size={500} weight="semibold">
        {props.title}
      </Text>
      {props.children !== undefined && (
        <Text align="center" className={styles.emptyText}>
          {props.children}
        </Text>
      )}
      {props.action}
    </div>
  );
}

/** Something could not be had: what, why, what to do, and a way to try again. */
export function Failed({ error, retry }: { readonly error: ApiError; readonly retry?: (() => void) | undefined }) {
  const { states } = texts;
  if (error.kind === "not-allowed") {
    const signOut = (
      <Button as="a" href={signOutUrl}>
        {texts.frame.signOut}
      </Button>
    );
    return (
      <Empty title={states.noRights} action={signOut}>
        {states.noRightsWhat}
      </Empty>
    );
  }
  if (error.kind === "not-found") {
    return (
      <Empty title={states.notFound} action={<ButtonLink to="/">{states.toStart}</ButtonLink>}>
        {states.notFoundWhat}
      </Empty>
    );
  }
  return <Problem error={error} retry={retry} />;
}

/** A refusal or a failure in a box, as inside a dialog. */
export function Problem({ error, retry }: { readonly error: ApiError; readonly retry?: (() => void) | undefined }) {
  const { states } = texts;
  const isSignedOut = error.kind === "not-signed-in";
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody>
        <MessageBarTitle>{error.title}</MessageBarTitle> {error.message} {toAdvice(error)}
        {error.faults.map(({ path, message }) => (
          <div key={`${path} ${message}`}>
            {path}: {message}
          </div>
        ))}
      </MessageBarBody>
      <MessageBarActions>
        {isSignedOut && (
          <Button as="a" href={signInUrl()}>
            {states.signIn}
          </Button>
        )}
        {!isSignedOut && retry !== undefined && <Button onClick={retry}>{states.retry}</Button>}
      </MessageBarActions>
    </MessageBar>
  );
}

function toAdvice({ kind }: ApiError): string {
  const advice: Readonly<Record<string, string>> = texts.states.whatToDo;
  return advice[kind] ?? "";
}

/**
 * Shows what was asked for in whichever state it is: loading, failed, there, or there and not up to date any more.
 * `children` gets the data, and is shown as long as there are any.
 */
export function Loaded<T>(props: {
  readonly resource: Resource<T>;
  readonly lines?: number;
  readonly children: (data: T) => ReactNode;
}): ReactNode {
  const { data, error, readAt, reload } = props.resource;
  const styles = useStyles();
  if (data === undefined) {
    return error === undefined ? <Loading lines={props.lines ?? 5} /> : <Failed error={error} retry={reload} />;
  }
  return (
    <>
      {error !== undefined && (
        <div className={styles.stale}>
          <MessageBar intent="warning" layout="multiline" role="status">
            <MessageBarBody>
              <MessageBarTitle>{texts.states.stale(toClockText(readAt ?? 0))}</MessageBarTitle> {error.message}{" "}
              {toAdvice(error)}
            </MessageBarBody>
            <MessageBarActions>
              {error.kind === "not-signed-in" ? (
                <Button as="a" href={signInUrl()}>
                  {texts.states.signIn}
                </Button>
              ) : (
                <Button onClick={reload}>{texts.states.retry}</Button>
              )}
            </MessageBarActions>
          </MessageBar>
        </div>
      )}
      {props.children(data)}
    </>
  );
}
