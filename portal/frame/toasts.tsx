import { Toast, Toaster, ToastTitle, useId, useToastController } from "@fluentui/react-components";
import { createContext, type ReactNode, useCallback, useContext } from "react";

/** Says that something was done. What went wrong is said where it was asked for, not here: a toast goes away by itself. */
export type Say = (text: string, intent?: "success" | "info" | "warning") => void;

const context = createContext<Say | undefined>(undefined);

/** Shows short messages above all pages; screen readers read them when they are done with what they say. */
export function ToastProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const toasterId = useId("toaster");
  const { dispatchToast } = useToastController(toasterId);
  const say = useCallback<Say>(
    (text, intent = "success") => {
      const toast = (
        <Toast>
          <ToastTitle>{text}</ToastTitle>
        </Toast>
      );
      dispatchToast(toast, { intent, timeout: 6_000, pauseOnHover: true, pauseOnWindowBlur: true });
    },
    [dispatchToast],
  );
  return (
    <context.Provider value={say}>
      {children}
      <Toaster toasterId={toasterId} position="bottom-end" />
    </context.Provider>
  );
}

/** Says that something was done. */
export function useSay(): Say {
  const say = useContext(context);
  if (say === undefined) throw new Error("There are no toasts above this component.");
  return say;
}
