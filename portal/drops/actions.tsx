import { Button } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { DropView } from "../../shared/api/contract/drops.ts";
import { useIsAdmin } from "../frame/me.tsx";
import { texts } from "../texts.ts";
import { RedriveDialog } from "./redrive.tsx";
import { ReleaseDialog } from "./release.tsx";
import { ReprocessDialog } from "./reprocess.tsx";
import { RestartDialog } from "./restart.tsx";

const kinds = ["release", "redrive", "reprocess", "restart"] as const;
type Kind = (typeof kinds)[number];

/** What can be done with the drop as it stands, for those who may. */
export function DropActions({ drop, changed }: { readonly drop: DropView; readonly changed: () => void }): ReactNode {
  const [open, setOpen] = useState<Kind>();
  if (!useIsAdmin()) return null;
  const close = (): void => setOpen(undefined);
  const done = (): void => {
    close();
    changed();
  };
  const possible = kinds.filter((kind) => drop.actions[kind]);
  const props = { drop, onClose: close, onDone: done };
  return (
    <>
      {possible.map((kind, at) => (
        <Button
          key={kind}
          appearance={at === 0 && kind !== "restart" ? "primary" : "secondary"}
          onClick={() => setOpen(kind)}
        >
          {texts.drop[kind]}
        </Button>
      ))}
      {open === "release" && <ReleaseDialog {...props} />}
      {open === "reprocess" && <ReprocessDialog {...props} />}
      {open === "restart" && <RestartDialog {...props} />}
      {open === "redrive" && <RedriveDialog {...props} />}
    </>
  );
}
