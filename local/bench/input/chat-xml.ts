import {
  type ChatDay,
  type ChatMessage,
  countConversations,
  listByConversation,
  peopleOf,
  toAddress,
  toLogin,
} from "./chat-day.ts";

/** The day as `filedump-actiance`: who is present gets a message. */
export function* toXml(day: ChatDay): Generator<string> {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<FileDump>\n';
  let open: number | undefined;
  for (const message of listByConversation(day)) {
    if (message.conversation !== open) {
      if (open !== undefined) yield end;
      yield toHead(day, message);
      open = message.conversation;
    }
    yield toMessageXml(message);
  }
  yield countConversations(day) === 0 ? "</FileDump>\n" : `${end}</FileDump>\n`;
}

const end = "  </Conversation>\n";

function toHead(day: ChatDay, { conversation, at }: ChatMessage): string {
  const entered = peopleOf(day, conversation).map(
    (person) => `    <ParticipantEntered>
      <LoginName>${toLogin(person)}</LoginName>
      <DateTimeUTC>${at - 60_000}</DateTimeUTC>
      <CorporateEmailID>${toAddress(person)}</CorporateEmailID>
    </ParticipantEntered>
`,
  );
  return `  <Conversation Perspective="Desk ${conversation % 40}">
    <RoomID>room-${conversation}</RoomID>
    <StartTimeUTC>${at - 60_000}</StartTimeUTC>
${entered.join("")}`;
}

function toMessageXml({ conversation, number, at, from, text }: ChatMessage): string {
  return `    <Message>
      <MessageId>${conversation}-${number}</MessageId>
      <LoginName>${toLogin(from)}</LoginName>
      <UserType>user</UserType>
      <DateTimeUTC>${at}</DateTimeUTC>
      <Content>${escapeXml(text)}</Content>
    </Message>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
