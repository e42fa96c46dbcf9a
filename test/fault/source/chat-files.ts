/** Something said in a room; who is in the room gets it. */
export interface Said {
  readonly room: string;
  /** @default none */
  readonly id?: string;
  readonly from: string;
  /** ms since 1970. */
  readonly at: number;
  readonly text: string;
}

/** Ways in which a sender may write the same chats another time. */
export interface Style {
  /** Ends of records, and of lines within texts. @default "\r\n" */
  readonly eol?: "\n" | "\r\n" | "\r";
  /** @default "NFC" */
  readonly form?: "NFC" | "NFD";
  /** Told of each person besides the ImId. @default "acme.example" */
  readonly domain?: string;
  /** Added to every time: a fraction of a second that one exporter tells and another does not. @default 0 */
  readonly fractionInMs?: number;
  /** ImIds in capital letters. @default false */
  readonly isLoud?: boolean;
  /** Columns of a CSV the other way round. @default false */
  readonly isBackwards?: boolean;
}

const everyone = ["ann", "bob"];

/** A flat-csv of what was said. Recipients are all the others. */
export function toCsv(said: readonly Said[], style: Style = {}): Buffer {
  const { eol = "\r\n", isBackwards = false } = style;
  const names = ["ConversationId", "MessageId", "Timestamp", "ImId", "SenderEmail", "RecipientEmail", "Text"];
  const rows = [names, ...said.map((one) => toCells(one, style))];
  const order = (cells: readonly string[]): readonly string[] => (isBackwards ? cells.toReversed() : cells);
  const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  return Buffer.from(rows.map((cells) => `${order(cells).map(quoted).join(",")}${eol}`).join(""));
}

function toCells(said: Said, style: Style): string[] {
  const { domain = "acme.example", fractionInMs = 0 } = style;
  const others = everyone.filter((name) => name !== said.from).map((name) => `${name}@${domain}`);
  const time = new Date(said.at + fractionInMs).toISOString();
  const from = nameOf(said.from, style);
  return [
    said.room,
    said.id ?? "",
    time,
    from,
    `${said.from}@${domain}`,
    others.join(";"),
    textOf(said.text, style),
  ].map((cell) => cell.normalize(style.form ?? "NFC"));
}

/** A filedump-actiance of what was said, a conversation for each run of one room. Everyone is there all the time. */
export function toActiance(said: readonly Said[], style: Style = {}): Buffer {
  const runs: Said[][] = [];
  for (const one of said) {
    const last = runs.at(-1);
    if (last?.[0]?.room === one.room) last.push(one);
    else runs.push([one]);
  }
  const body = runs.map((run) => toConversation(run, style)).join("");
  return Buffer.from(`<FileDump>${body}</FileDump>`.normalize(style.form ?? "NFC"));
}

function toConversation(run: readonly Said[], style: Style): string {
  const { domain = "acme.example", fractionInMs = 0, eol = "\r\n" } = style;
  const at = (ms: number): string => String(fractionInMs === 0 ? Math.floor(ms / 1000) : ms + fractionInMs);
  const day = run[0] === undefined ? 0 : Math.floor(run[0].at / 86_400_000) * 86_400_000;
  const enters = everyone.map(
    (name) =>
      `<ParticipantEntered><LoginName>${nameOf(name, style)}</LoginName><DateTimeUTC>${day / 1000}</DateTimeUTC>` +
      `<CorporateEmailID>${name}@${domain}</CorporateEmailID></ParticipantEntered>${eol}`,
  );
  const messages = run.map(
    ({ id, from, at: sentAt, text }) =>
      `<Message>${id === undefined ? "" : `<MessageId>${id}</MessageId>`}<LoginName>${nameOf(from, style)}</LoginName>` +
      `<DateTimeUTC>${at(sentAt)}</DateTimeUTC><Content>${toMarkup(textOf(text, style))}</Content></Message>${eol}`,
  );
  return (
    `<Conversation Perspective="x"><RoomID>${run[0]?.room}</RoomID><StartTimeUTC>${day / 1000}</StartTimeUTC>` +
    `${enters.join("")}${messages.join("")}<EndTimeUTC>${day / 1000 + 86_400}</EndTimeUTC></Conversation>`
  );
}

function nameOf(name: string, { isLoud = false }: Style): string {
  return isLoud ? name.toUpperCase() : name;
}

function textOf(text: string, { eol = "\r\n" }: Style): string {
  return text.replaceAll("\n", eol);
}

/** Carriage returns as references, since XML takes bare ones for line feeds. */
function toMarkup(text: string): string {
  return text.replace(/[<>&\r]/g, (char) => `&#${char.charCodeAt(0)};`);
}
