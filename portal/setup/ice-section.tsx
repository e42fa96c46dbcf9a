import { Button, Field, makeStyles, Text, Textarea, tokens } from "@fluentui/react-components";
import { type ReactNode, useRef } from "react";
import { useSay } from "../frame/toasts.tsx";
import { texts } from "../texts.ts";
import { useResource } from "../use-resource.ts";
import { type IceFacts, toIceText } from "./ice-text.ts";
import { saveText } from "./save-text.ts";
import { usePublicHalves } from "./use-public-halves.ts";
import type { SecretsView } from "./use-secrets.ts";

const words = texts.setup.ice;
const useStyles = makeStyles({
  block: { display: "grid", rowGap: tokens.spacingVerticalM },
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM, alignItems: "center" },
  code: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: "anywhere" },
  text: { width: "100%" },
});

interface IceSectionProps {
  readonly name: string;
  readonly feed: string | undefined;
  readonly needs: { readonly ssh: boolean; readonly pgp: boolean };
  readonly secrets: SecretsView;
}

/** Everything that ICE has to be told, as one text. */
export function IceSection({ name, feed, needs, secrets }: IceSectionProps): ReactNode {
  const styles = useStyles();
  const system = useResource("readSystem", {});
  const outboundIp = system.data?.outboundIp;
  const { ssh, pgp } = usePublicHalves(name, secrets.items);
  const facts: IceFacts = { feed, outboundIp, ssh: needs.ssh ? ssh : undefined, pgp: needs.pgp ? pgp : undefined };
  const isComplete = feed !== undefined && (!needs.ssh || ssh !== undefined) && (!needs.pgp || pgp !== undefined);
  return (
    <div className={styles.block}>
      <Text>{words.lead}</Text>
      {system.data !== undefined && (
        <Text>
          {outboundIp === undefined ? (
            words.ipUnknown
          ) : (
            <>
              {words.ip}: <span className={styles.code}>{outboundIp}</span>
            </>
          )}
        </Text>
      )}
      <TextForIce text={toIceText(facts)} fileName={`${name}-for-ice.txt`} />
      {!isComplete && <Text>{words.waiting}</Text>}
    </div>
  );
}

/** A text to copy or to save. */
export function TextForIce({ text, fileName }: { readonly text: string; readonly fileName: string }): ReactNode {
  const styles = useStyles();
  const say = useSay();
  const control = useRef<HTMLTextAreaElement>(null);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      say(words.copied);
    } catch {
      // No permission, or no clipboard: the reader copies by hand what is selected for them.
      control.current?.select();
      say(words.notCopied, "warning");
    }
  };
  return (
    <>
      <Field label={words.text}>
        <Textarea
          textarea={{ ref: control }}
          className={styles.text}
          value={text}
          readOnly
          rows={14}
          resize="vertical"
          spellCheck={false}
        />
      </Field>
      <div className={styles.row}>
        <Button onClick={() => void copy()}>{words.copy}</Button>
        <Button appearance="subtle" onClick={() => saveText(fileName, text)}>
          {words.download}
        </Button>
      </div>
    </>
  );
}
