import { createContext, type ReactNode, useContext } from "react";
import type { Changes, KnownSettings, SettingPath } from "./settings.ts";

/** What a form's fields work on: a draft that saves as one goes, or a connector that is saved by a button. */
export interface SettingsForm {
  /** Saved and not yet saved values together. */
  readonly shown: KnownSettings;
  readonly faults: { readonly [Path in SettingPath]?: string };
  readonly isReadOnly: boolean;
  /** A connector's name and feed never change. */
  readonly isFeedFixed: boolean;
  readonly change: (changes: Changes) => void;
  /** Sends what was changed, where the form saves as one goes. */
  readonly leaveField: () => void;
}

const context = createContext<SettingsForm | undefined>(undefined);

/** Gives a form's fields their values. */
export function SettingsProvider({ form, children }: { readonly form: SettingsForm; readonly children: ReactNode }) {
  return <context.Provider value={form}>{children}</context.Provider>;
}

/** The form that a field is in. */
export function useSettings(): SettingsForm {
  const form = useContext(context);
  if (form === undefined) throw new Error("There is no settings form above this field.");
  return form;
}

/** Id of the control for a field as the API names it, such as `site.host` or `secrets.sftp-password`. */
export function toFieldId(field: string): string {
  return `field-${field.replaceAll(/[^A-Za-z0-9]+/g, "-")}`;
}
