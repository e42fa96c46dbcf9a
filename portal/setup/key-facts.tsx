import { Button, MessageBar, MessageBarBody, makeStyles, tokens } from "@fluentui/react-components";
import type { ReactNode } from "react";
import type { SecretFacts } from "../../shared/api/contract/keys.ts";
import { toDownloadUrl } from "../api.ts";
import { Instant } from "../parts/instant.tsx";
import { texts } from "../texts.ts";

const words = texts.setup.keys;
const useStyles = makeStyles({
  facts: {
    display: "grid",
    gridTemplateColumns: "max-content minmax(0, 1fr)",
    columnGap: tokens.spacingHorizontalM,
    rowGap: tokens.spacingVerticalXS,
    margin: `${tokens.spacingVerticalS} 0`,
    "@media (max-width: 480px)": { gridTemplateColumns: "minmax(0, 1fr)" },
  },
  term: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0, overflowWrap: "anywhere" },
  code: { fontFamily: tokens.fontFamilyMonospace },
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM },
});

/** A key that is in the vault: what may be known of it, and its public half to download. */
export function KeyFacts({ name, secret }: { readonly name: string; readonly secret: SecretFacts }): ReactNode {
  const styles = useStyles();
  return (
    <div>
      {secret.problem !== undefined && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{secret.problem}</MessageBarBody>
        </MessageBar>
      )}
      <dl className={styles.facts}>
        <Fact term={words.fingerprint}>
          <span className={styles.code}>{secret.fingerprint ?? texts.parts.unknown}</span>
        </Fact>
        <Fact term={words.algorithm}>
          {/* OpenPGP.js marks the form in which gpg has such keys, which says nothing to anybody here. */}
          {secret.algorithm?.replace(/Legacy$/, "") ?? texts.parts.unknown}
          {secret.hasPassphrase === true && `, ${words.withPassphrase}`}
        </Fact>
        <Fact term={words.setAt}>
          <Instant at={secret.setAt} />
        </Fact>
        {secret.expiresAt !== undefined && (
          <Fact term={words.expires}>
            <Instant at={secret.expiresAt} />
          </Fact>
        )}
      </dl>
      <div className={styles.row}>
        <PublicHalf name={name} secret={secret} />
      </div>
    </div>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }): ReactNode {
  const styles = useStyles();
  return (
    <>
      <dt className={styles.term}>{term}</dt>
      <dd className={styles.value}>{children}</dd>
    </>
  );
}

function PublicHalf({ name, secret }: { readonly name: string; readonly secret: SecretFacts }): ReactNode {
  if (secret.kind === "pgp-key") {
    const url = toDownloadUrl("downloadPgpKey", { params: { name, number: secret.number ?? 1 } });
    return <DownloadButton url={url}>{words.download}</DownloadButton>;
  }
  const which = secret.kind === "next-ssh-key" ? "next" : "current";
  const toUrl = (form: "openssh" | "ssh2") =>
    toDownloadUrl("downloadSshKey", { params: { name, which }, query: { form } });
  return (
    <>
      <DownloadButton url={toUrl("openssh")}>{words.download}</DownloadButton>
      <DownloadButton url={toUrl("ssh2")} isSubtle>
        {words.downloadSsh2}
      </DownloadButton>
    </>
  );
}

/** A link that saves a file. */
export function DownloadButton(props: {
  readonly url: string;
  readonly isSubtle?: boolean;
  readonly name?: string;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Button
      as="a"
      href={props.url}
      download={props.name ?? ""}
      appearance={props.isSubtle === true ? "subtle" : "secondary"}
    >
      {props.children}
    </Button>
  );
}
