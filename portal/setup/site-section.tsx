import { Field, Radio, RadioGroup } from "@fluentui/react-components";
import type { ReactNode } from "react";
import { texts } from "../texts.ts";
import { defaults } from "./settings.ts";
import { toFieldId, useSettings } from "./settings-context.tsx";
import { type ReadText, TypedSetting } from "./typed-setting.tsx";

const words = texts.setup.site;

/** Where the files lie and who signs in there. */
export function SiteSection(): ReactNode {
  const { shown } = useSettings();
  return (
    <>
      <TypedSetting
        path="site.host"
        {...words.host}
        isRequired
        placeholder="sftp.theice.com"
        text={shown["site.host"] ?? ""}
        read={(text) => ({ changes: { "site.host": toHost(text) } })}
      />
      <TypedSetting
        path="site.port"
        {...words.port}
        inputMode="numeric"
        text={String(shown["site.port"] ?? defaults["site.port"])}
        read={(text) => readWhole(text, (port) => ({ "site.port": port }))}
      />
      <TypedSetting
        path="site.folder"
        {...words.folder}
        text={shown["site.folder"] ?? defaults["site.folder"]}
        read={(text) => ({ changes: { "site.folder": unlessBlank(text) } })}
      />
      <TypedSetting
        path="site.user"
        {...words.user}
        {...(shown.feed === undefined ? {} : { placeholder: shown.feed })}
        text={shown["site.user"] ?? ""}
        read={(text) => ({ changes: { "site.user": unlessBlank(text) } })}
      />
      <LoginChoice />
    </>
  );
}

function LoginChoice(): ReactNode {
  const { shown, faults, change, leaveField, isReadOnly } = useSettings();
  const choose = (login: string): void => {
    if (login !== "password" && login !== "key" && login !== "key-and-password") return;
    change({ "site.login": login });
    leaveField();
  };
  return (
    <Field
      label={words.login.label}
      hint={words.login.hint}
      {...(faults["site.login"] === undefined ? {} : { validationMessage: faults["site.login"] })}
    >
      <RadioGroup
        id={toFieldId("site.login")}
        value={shown["site.login"] ?? defaults["site.login"]}
        disabled={isReadOnly}
        onChange={(_event, { value }) => choose(value)}
      >
        <Radio value="key-and-password" label={words.login.keyAndPassword} />
        <Radio value="password" label={words.login.password} />
        <Radio value="key" label={words.login.key} />
      </RadioGroup>
    </Field>
  );
}

/** Nothing is not the empty text: it takes the setting back. */
export function unlessBlank(text: string): string | null {
  return text.trim() === "" ? null : text.trim();
}

/** Reads a whole number; nothing takes the setting back. */
export function readWhole(
  text: string,
  toChanges: (value: number | null) => Extract<ReadText, { changes: unknown }>["changes"],
): ReadText {
  const bare = text.trim().replaceAll(/[,\s]/g, "");
  if (bare === "") return { changes: toChanges(null) };
  return /^\d{1,15}$/.test(bare) ? { changes: toChanges(Number(bare)) } : { problem: texts.setup.notWhole };
}

/** ICE writes the site as a URL, and so it gets pasted. */
function toHost(text: string): string | null {
  return unlessBlank(
    text
      .trim()
      .replace(/^sftp:\/\//i, "")
      .replace(/\/+$/, ""),
  );
}
