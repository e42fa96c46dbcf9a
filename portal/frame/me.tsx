import { createContext, type ReactNode, useContext } from "react";
import type { Reply } from "../api-types.ts";

/** Who is signed in. */
export type Me = Reply<"readMe">;

const context = createContext<Me | undefined>(undefined);

/** Gives its children who is signed in. */
export function MeProvider({ me, children }: { readonly me: Me; readonly children: ReactNode }): ReactNode {
  return <context.Provider value={me}>{children}</context.Provider>;
}

/** Who is signed in. */
export function useMe(): Me {
  const me = useContext(context);
  if (me === undefined) throw new Error("Nobody is known above this component.");
  return me;
}

/** Whether the reader may change things: buttons that others may not press are not shown. The API checks it by itself. */
export function useIsAdmin(): boolean {
  return useMe().role === "admin";
}
