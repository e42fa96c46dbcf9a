import { MessageBar, MessageBarBody, makeStyles, ProgressBar, Text, tokens } from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import type { FileCheck, StoredFile } from "../../shared/api/contract/mapping.ts";
import { toDownloadUrl } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { useSay } from "../frame/toasts.tsx";
import { Instant } from "../parts/instant.tsx";
import { toPrincipalText } from "../parts/principal.ts";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import { CheckedList } from "./checked-list.tsx";
import { DropZone } from "./drop-zone.tsx";
import { DownloadButton } from "./key-facts.tsx";
import { checkList, type ListKind, mostFileBytes, replaceList, toListUrl } from "./list-kinds.ts";
import { mergeLookedUp } from "./looked-up.ts";
import { toFieldId } from "./settings-context.tsx";

const words = texts.setup.list;
const useStyles = makeStyles({
  block: { display: "grid", gridTemplateColumns: "minmax(0, 1fr)", rowGap: tokens.spacingVerticalM },
  row: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalM },
});

/** The list that is kept, as far as it is known. */
export interface KeptList {
  readonly file: StoredFile | undefined;
  readonly problem: string | undefined;
  readonly etag: string | undefined;
  readonly reload: () => void;
}

interface ListUploadProps {
  readonly kind: ListKind;
  readonly name: string;
  readonly kept: KeptList;
  readonly isReadOnly: boolean;
  readonly onTaken: () => void;
}

/** Shows the list that is kept, and takes another one once every line was looked at. */
export function ListUpload({ kind, name, kept, isReadOnly, onTaken }: ListUploadProps): ReactNode {
  const styles = useStyles();
  return (
    <div className={styles.block}>
      <Kept kind={kind} kept={kept} />
      <div className={styles.row}>
        {kept.file !== undefined && (
          <DownloadButton url={toListUrl(kind, name)}>{words.downloadCurrent}</DownloadButton>
        )}
        {kept.file === undefined && <Template kind={kind} name={name} />}
      </div>
      {!isReadOnly && <NewList kind={kind} name={name} kept={kept} onTaken={onTaken} />}
    </div>
  );
}

function Template({ kind, name }: { readonly kind: ListKind; readonly name: string }): ReactNode {
  const url = kind === "mapping" ? toDownloadUrl("downloadMappingTemplate", {}) : toListUrl(kind, name);
  return <DownloadButton url={url}>{words.downloadTemplate}</DownloadButton>;
}

function Kept({ kind, kept: { file, problem } }: { readonly kind: ListKind; readonly kept: KeptList }): ReactNode {
  if (problem !== undefined) {
    return (
      <MessageBar intent="error" layout="multiline">
        <MessageBarBody>{problem}</MessageBarBody>
      </MessageBar>
    );
  }
  if (file === undefined) return <Text>{words.none[kind]}</Text>;
  return (
    <Text>
      {words.facts(file.entries)} {file.uploadedBy !== undefined && words.uploadedBy(toPrincipalText(file.uploadedBy))}{" "}
      {file.uploadedAt !== undefined && <Instant at={file.uploadedAt} />}
    </Text>
  );
}

interface Looked {
  readonly content: File;
  readonly check: FileCheck;
}

function NewList({ kind, name, kept, onTaken }: Omit<ListUploadProps, "isReadOnly">): ReactNode {
  const say = useSay();
  const [looked, setLooked] = useState<Looked>();
  const [percent, setPercent] = useState<number>();
  const [notice, setNotice] = useState<string>();
  const look = useAction<File, FileCheck>(async (file) => {
    setLooked(undefined);
    setPercent(0);
    try {
      return await checkList(kind, name, file, { onProgress: setPercent });
    } finally {
      setPercent(undefined);
    }
  });
  const begin = async (content: File): Promise<void> => {
    const problem = toFileProblem(content);
    setNotice(problem);
    if (problem !== undefined) return;
    const check = await look.run(content);
    if (check !== undefined) setLooked({ content, check });
  };
  const goOn = useAction<void, true>(async () => {
    if (looked === undefined) return true;
    const { content, check } = looked;
    const more = await checkList(kind, name, content, { lookUpFrom: check.directory.next });
    const directory = mergeLookedUp(check.directory, more.directory);
    // Another file may have been chosen meanwhile.
    setLooked((now) => (now?.content === content ? { content, check: { ...more, directory } } : now));
    return true;
  });
  const take = useAction<boolean, true>(async (goodLinesOnly) => {
    if (looked === undefined) return true;
    try {
      const { entries, leftOut } = await replaceList(kind, name, looked.content, { goodLinesOnly, ifMatch: kept.etag });
      setLooked(undefined);
      say(words.taken(entries, leftOut));
      onTaken();
    } catch (error) {
      if (!(error instanceof ApiError) || error.kind !== "changed-meanwhile") throw error;
      await begin(looked.content);
      setNotice(words.changedMeanwhile);
    }
    kept.reload();
    return true;
  });
  return (
    <>
      <DropZone
        id={toFieldId(`${kind}.upload`)}
        label={`${words.choose}: ${texts.setup.fieldNames[kind === "mapping" ? "mapping.file" : "people.file"]}`}
        isBusy={look.isRunning || take.isRunning}
        onFile={(file) => void begin(file)}
      />
      <div role="status">
        {percent !== undefined && <Progress percent={percent} />}
        {notice !== undefined && <Text>{notice}</Text>}
        {looked !== undefined && <Text>{words.checked(looked.check.entries + looked.check.badLines)}</Text>}
      </div>
      {look.error !== undefined && <Problem error={look.error} />}
      {looked !== undefined && (
        <CheckedList check={looked.check} take={take} goOn={goOn} onDiscard={() => setLooked(undefined)} />
      )}
      {take.error !== undefined && <Problem error={take.error} />}
    </>
  );
}

function Progress({ percent }: { readonly percent: number }): ReactNode {
  return (
    <>
      <Text>{words.checking(percent)}</Text>
      <ProgressBar value={percent / 100} aria-label={words.checking(percent)} />
    </>
  );
}

function toFileProblem({ name, size }: File): string | undefined {
  if (size > mostFileBytes) return words.tooLarge;
  return /\.(xlsx?|ods|numbers|zip|pdf)$/i.test(name) ? words.notCsv : undefined;
}
