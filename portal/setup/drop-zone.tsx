import { Button, makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { texts } from "../texts.ts";

const words = texts.setup.list;
const useStyles = makeStyles({
  zone: {
    display: "grid",
    justifyItems: "center",
    rowGap: tokens.spacingVerticalS,
    padding: tokens.spacingVerticalL,
    textAlign: "center",
    border: `2px dashed ${tokens.colorNeutralStrokeAccessible}`,
    borderRadius: tokens.borderRadiusLarge,
  },
  over: { backgroundColor: tokens.colorBrandBackground2, color: tokens.colorBrandForeground2 },
});

interface DropZoneProps {
  readonly id: string;
  /** Names the button for a screen reader: a page can have two of them. */
  readonly label: string;
  readonly isBusy: boolean;
  readonly onFile: (file: File) => void;
}

/** Takes a file that is dropped on it; by keyboard its button opens the system's own choice of files. */
export function DropZone({ id, label, isBusy, onFile }: DropZoneProps): ReactNode {
  const styles = useStyles();
  const [isOver, setIsOver] = useState(false);
  const control = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined): void => {
    if (file !== undefined && !isBusy) onFile(file);
  };
  const drag = (event: DragEvent, isHere: boolean): void => {
    event.preventDefault();
    setIsOver(isHere);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse alone; the button within does the same
    <div
      className={mergeClasses(styles.zone, isOver && styles.over)}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => {
        drag(event, false);
        take(event.dataTransfer.files[0]);
      }}
    >
      <Text>{words.drop}</Text>
      <Button disabledFocusable={isBusy} aria-label={label} onClick={() => control.current?.click()}>
        {words.choose}
      </Button>
      <Text size={200}>{words.limit}</Text>
      <input
        id={id}
        ref={control}
        type="file"
        accept=".csv,.txt,text/csv"
        hidden
        onChange={({ currentTarget }) => {
          take(currentTarget.files?.[0]);
          // So that the same file, mended, can be chosen again.
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
