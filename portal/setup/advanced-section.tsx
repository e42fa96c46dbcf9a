import {
  Accordion,
  AccordionHeader,
  AccordionItem,
  AccordionPanel,
  makeStyles,
  Switch,
  tokens,
} from "@fluentui/react-components";
import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import { toWords } from "./files-section.tsx";
import { type Changes, defaults, type SettingPath } from "./settings.ts";
import { toFieldId, useSettings } from "./settings-context.tsx";
import { readWhole, unlessBlank } from "./site-section.tsx";
import { type ReadText, TypedSetting } from "./typed-setting.tsx";

const words = texts.setup.advanced;
const useStyles = makeStyles({
  accordion: { maxWidth: "48rem", marginBottom: tokens.spacingVerticalL },
  panel: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr)",
    rowGap: tokens.spacingVerticalL,
    paddingBlock: tokens.spacingVerticalM,
  },
});

const advanced: readonly SettingPath[] = ["site.exclude", "timestampZone", "itemLimit", "fieldNames", "encryption"];

/** What few firms need; open at once when something in it is wrong. */
export function AdvancedSection(): ReactNode {
  const styles = useStyles();
  const { faults } = useSettings();
  const hasFault = advanced.some((path) => faults[path] !== undefined);
  return (
    <Accordion collapsible className={styles.accordion} {...(hasFault ? { openItems: ["all"] } : {})}>
      <AccordionItem value="all">
        <AccordionHeader as="h2">{texts.setup.sections.advanced}</AccordionHeader>
        <AccordionPanel className={styles.panel}>
          <OfFiles />
          <OfItems />
        </AccordionPanel>
      </AccordionItem>
    </Accordion>
  );
}

function OfFiles(): ReactNode {
  const { shown } = useSettings();
  const encryption = shown.encryption ?? defaults.encryption;
  const signers = shown.encryption?.type === "pgp" ? (shown.encryption.signers ?? []) : [];
  return (
    <>
      <TypedSetting
        path="site.exclude"
        {...texts.setup.files.exclude}
        text={shown["site.exclude"]?.join(", ") ?? ""}
        read={(text) => ({ changes: { "site.exclude": toWords(text) } })}
      />
      <SwitchSetting
        path="site.checksums"
        {...words.checksums}
        isOn={(shown["site.checksums"] ?? defaults["site.checksums"]) === "compare"}
        toChanges={(isOn) => ({ "site.checksums": isOn ? "compare" : "ignore" })}
      />
      <TypedSetting
        path="timestampZone"
        {...texts.setup.files.timestampZone}
        list="time-zones"
        text={shown.timestampZone ?? ""}
        read={(text) => ({ changes: { timestampZone: unlessBlank(text) } })}
      />
      <TypedSetting
        path="fieldNames"
        {...words.fieldNames}
        rows={3}
        text={Object.entries(shown.fieldNames ?? {})
          .map(([ours, theirs]) => `${ours} = ${theirs}`)
          .join("\n")}
        read={readFieldNames}
      />
      {encryption.type === "pgp" && (
        <TypedSetting
          path="encryption"
          {...words.signers}
          rows={3}
          text={signers.join("\n")}
          read={(text) => ({ changes: { encryption: { type: "pgp", signers: toSigners(text) } } })}
        />
      )}
    </>
  );
}

function OfItems(): ReactNode {
  const { shown } = useSettings();
  return (
    <>
      <TypedSetting
        path="itemLimit"
        {...words.itemLimit}
        inputMode="numeric"
        text={String(shown.itemLimit ?? defaults.itemLimit)}
        read={(text) => readWhole(text, (itemLimit) => ({ itemLimit }))}
      />
      <SwitchSetting
        path="item.withAttachments"
        {...words.withAttachments}
        isOn={shown["item.withAttachments"] ?? defaults["item.withAttachments"]}
        toChanges={(isOn) => ({ "item.withAttachments": isOn })}
      />
      <TypedSetting
        path="item.recipientCap"
        {...words.recipientCap}
        inputMode="numeric"
        text={String(shown["item.recipientCap"] ?? defaults["item.recipientCap"])}
        read={(text) => readWhole(text, (cap) => ({ "item.recipientCap": cap }))}
      />
      <TypedSetting
        path="item.itemClass"
        {...words.itemClass}
        text={shown["item.itemClass"] ?? defaults["item.itemClass"]}
        read={(text) => ({ changes: { "item.itemClass": unlessBlank(text) } })}
      />
    </>
  );
}

interface SwitchSettingProps {
  readonly path: SettingPath;
  readonly label: string;
  readonly hint: string;
  readonly isOn: boolean;
  readonly toChanges: (isOn: boolean) => Changes;
}

/** A setting that is on or off. */
export function SwitchSetting({ path, label, hint, isOn, toChanges }: SwitchSettingProps): ReactNode {
  const { change, leaveField, isReadOnly, faults } = useSettings();
  const hintId = `${toFieldId(path)}-hint`;
  return (
    <div>
      <Switch
        id={toFieldId(path)}
        label={label}
        checked={isOn}
        disabled={isReadOnly}
        {...(hint === "" ? {} : { "aria-describedby": hintId })}
        onChange={(_event, { checked }) => {
          change(toChanges(checked));
          leaveField();
        }}
      />
      {hint !== "" && <div id={hintId}>{hint}</div>}
      {faults[path] !== undefined && <div role="alert">{faults[path]}</div>}
    </div>
  );
}

/** One pair a line. */
export function readFieldNames(text: string): ReadText {
  const pairs: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    const [, ours, theirs] = /^\s*([^=]+?)\s*=\s*(.+?)\s*$/.exec(line) ?? [];
    if (ours === undefined || theirs === undefined) return { problem: words.fieldNames.problem };
    pairs.push([ours, theirs]);
  }
  return { changes: { fieldNames: pairs.length === 0 ? null : Object.fromEntries(pairs) } };
}

/** Armored blocks, one after the other. What is around them is no key. */
export function toSigners(text: string): string[] {
  const found = text.match(/-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]*?-----END PGP PUBLIC KEY BLOCK-----/g);
  // What is no block goes along, so that the API says what is wrong with it.
  return found === null ? (text.trim() === "" ? [] : [text.trim()]) : [...found];
}
