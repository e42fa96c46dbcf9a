import { app } from "@azure/functions";
import { registerFunctions } from "../../functions/registrations.ts";

/** A function as functions/registrations.ts registers it. */
export interface Registered {
  readonly kind: string;
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Every function that the app registers when no setting says otherwise. */
export function listRegistered(): readonly Registered[] {
  const registered: Registered[] = [];
  const recorder = new Proxy(app, {
    get: (_app, kind) => (name: string, options: Record<string, unknown>) => {
      registered.push({ kind: String(kind), name, options });
    },
  });
  registerFunctions(recorder, {}, () => Promise.reject(new Error("nothing is called here")));
  return registered;
}
