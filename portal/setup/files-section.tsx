import { Field, Radio, RadioGroup, Select } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import { defaults, type Settings } from "./settings.ts";
import { toFieldId, useSettings } from "./settings-context.tsx";
import { unlessBlank } from "./site-section.tsx";
import { TypedSetting } from "./typed-setting.tsx";

const words = texts.setup.files;
const zonesId = "time-zones";

/** Which files are fetched, and what is in them. */
export function FilesSection(): ReactNode {
  const { shown } = useSettings();
  return (
    <>
      <EncryptionChoice />
      <TypedSetting
        path="site.include"
        {...words.include}
        placeholder="*.pgp"
        text={shown["site.include"]?.join(", ") ?? ""}
        read={(text) => ({ changes: { "site.include": toWords(text) } })}
      />
      <FormatChoice />
      <TypedSetting
        path="zone"
        {...words.zone}
        list={zonesId}
        placeholder="America/New_York"
        text={shown.zone ?? defaults.zone}
        read={(text) => ({ changes: { zone: unlessBlank(text) } })}
      />
      <TimeZones />
    </>
  );
}

/** The browser's own suggestions: quick with four hundred of them, and known to every screen reader. */
function TimeZones(): ReactNode {
  return (
    <datalist id={zonesId}>
      {["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => (
        <option key={zone} value={zone} />
      ))}
    </datalist>
  );
}

function EncryptionChoice(): ReactNode {
  const { shown, change, leaveField, isReadOnly } = useSettings();
  const encryption = shown.encryption ?? defaults.encryption;
  const choose = (type: string): void => {
    change({ encryption: type === "none" ? { type: "none" } : { type: "pgp" } });
    leaveField();
  };
  return (
    <Field label={words.encryption.label} hint={words.encryption.hint}>
      <RadioGroup
        id={toFieldId("encryption")}
        value={encryption.type}
        disabled={isReadOnly}
        onChange={(_event, { value }) => choose(value)}
      >
        <Radio value="pgp" label={words.encryption.pgp} />
        <Radio value="none" label={words.encryption.none} />
      </RadioGroup>
    </Field>
  );
}

const formats = ["detect", "filedump-actiance", "flat-csv"] as const satisfies readonly Settings["format"][];

function FormatChoice(): ReactNode {
  const { shown, change, leaveField, isReadOnly } = useSettings();
  const choose = (value: string): void => {
    const format = formats.find((one) => one === value);
    if (format === undefined) return;
    change({ format });
    leaveField();
  };
  return (
    <Field label={words.format.label} hint={words.format.hint}>
      <Select
        id={toFieldId("format")}
        value={shown.format ?? defaults.format}
        disabled={isReadOnly}
        onChange={(_event, { value }) => choose(value)}
      >
        {formats.map((format) => (
          <option key={format} value={format}>
            {words.format.names[format]}
          </option>
        ))}
      </Select>
    </Field>
  );
}

/** Words with commas or spaces between them; none takes the setting back. A comma within braces is part of a pattern. */
export function toWords(text: string): string[] | null {
  const found = text.match(/(?:\{[^{}]*\}|[^\s,{}]|[{}])+/g);
  return found === null ? null : [...found];
}
