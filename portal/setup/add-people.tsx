import {
  Button,
  Input,
  MessageBar,
  MessageBarBody,
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
} from "@fluentui/react-components";
import { type FormEvent, type ReactNode, useState } from "react";
import type { FileCheck, LineFault } from "../../shared/api/contract/mapping.ts";
import { useSay } from "../frame/toasts.tsx";
import { Problem } from "../parts/states.tsx";
import { texts } from "../texts.ts";
import { useAction } from "../use-action.ts";
import { FaultTable } from "./fault-table.tsx";
import { checkList, replaceList, toListUrl } from "./list-kinds.ts";
import { emptyMapping, type NewLine, withLines } from "./mapping-lines.ts";
import type { MappingResource } from "./mapping-section.tsx";
import { readFileText } from "./read-file-text.ts";

const words = texts.setup.mapping;
const useStyles = makeStyles({
  imId: { overflowWrap: "anywhere" },
  control: { width: "100%", minWidth: 0 },
});

interface AddPeopleProps {
  readonly name: string;
  readonly imIds: readonly string[];
  readonly mapping: MappingResource;
}

/** What is wrong with what was asked for. */
interface Found {
  readonly faults: readonly LineFault[];
  /** The lines themselves are; else their addresses get nothing as the directory is now. */
  readonly isBad: boolean;
  readonly asked: string;
}

function toFound({ isGood, faults, directory }: FileCheck, asked: string): Found | undefined {
  if (!isGood) return { faults, isBad: true, asked };
  return directory.faults.length === 0 ? undefined : { faults: directory.faults, isBad: false, asked };
}

/** People of a drop who have no mailbox, to be given one: the mapping file stays as it is, with lines added. */
export function AddPeople({ name, imIds, mapping }: AddPeopleProps): ReactNode {
  const say = useSay();
  const [mailboxes, setMailboxes] = useState<Readonly<Record<string, string>>>({});
  const [notice, setNotice] = useState<string>();
  const [found, setFound] = useState<Found>();
  const lines = imIds
    .map((imId): NewLine => ({ imId, mailbox: mailboxes[imId] ?? "" }))
    .filter(({ mailbox }) => mailbox.trim() !== "");
  const add = useAction<void, boolean>(async () => {
    const today = mapping.data?.file === undefined ? emptyMapping : await readFileText(toListUrl("mapping", name));
    const content = new Blob([withLines(today, lines)], { type: "text/csv" });
    const check = await checkList("mapping", name, content);
    const next = toFound(check, JSON.stringify(lines));
    setFound(next);
    // Addresses that nobody has are taken when the admin has seen it, and asks for the very same once more.
    if (next !== undefined && (next.isBad || next.asked !== found?.asked)) return false;
    setFound(undefined);
    await replaceList("mapping", name, content, { goodLinesOnly: false, ifMatch: mapping.etag });
    mapping.reload();
    return true;
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setNotice(lines.length === 0 ? words.addNone : undefined);
    if (lines.length === 0) return;
    void add.run().then((isDone) => {
      if (isDone !== true) return;
      say(words.added(lines.length));
      setMailboxes({});
      setNotice(words.afterAdd);
    });
  };
  return (
    <form onSubmit={submit}>
      <Text>{words.addLead}</Text>
      <PeopleTable
        imIds={imIds}
        mailboxes={mailboxes}
        onMailbox={(imId, mailbox) => setMailboxes({ ...mailboxes, [imId]: mailbox })}
      />
      {found !== undefined && (
        <>
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>{found.isBad ? words.addFaults : words.addDoubtful}</MessageBarBody>
          </MessageBar>
          <FaultTable
            faults={found.faults}
            heading={texts.setup.list.faults(found.faults.length)}
            fileName="bad-lines.csv"
            download={texts.setup.list.downloadFaults}
          />
        </>
      )}
      {add.error !== undefined && <Problem error={add.error} />}
      <div role="status">{notice}</div>
      <Button type="submit" appearance="primary" disabledFocusable={add.isRunning}>
        {words.add}
      </Button>
    </form>
  );
}

function PeopleTable(props: {
  readonly imIds: readonly string[];
  readonly mailboxes: Readonly<Record<string, string>>;
  readonly onMailbox: (imId: string, mailbox: string) => void;
}): ReactNode {
  const styles = useStyles();
  return (
    <Table aria-label={words.addHeading}>
      <TableHeader>
        <TableRow>
          <TableHeaderCell>{words.addImId}</TableHeaderCell>
          <TableHeaderCell>{words.addMailbox}</TableHeaderCell>
        </TableRow>
      </TableHeader>
      <TableBody>
        {props.imIds.map((imId) => (
          <TableRow key={imId}>
            <TableCell className={styles.imId}>{imId}</TableCell>
            <TableCell>
              <Input
                className={styles.control}
                aria-label={words.addMailboxOf(imId)}
                value={props.mailboxes[imId] ?? ""}
                autoComplete="off"
                spellCheck={false}
                placeholder="jane.doe@contoso.com"
                onChange={(_event, { value }) => props.onMailbox(imId, value)}
              />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
