import type { DropView } from "../../shared/api/contract/drops.ts";

/** What a question about a drop gets. */
export interface DropDialogProps {
  readonly drop: DropView;
  readonly onClose: () => void;
  readonly onDone: () => void;
}
