import assert from "node:assert/strict";
import { test } from "node:test";
import { compareMailboxes } from "../../e2e/compare-mailboxes.ts";
import { expected, exportRight, find, isPlain, type MutableMessage } from "./right-export.ts";

const wrongFields: Record<string, { change(message: MutableMessage): void; says: RegExp; isIt?: typeof isPlain }> = {
  "the sender's address": {
    change: (message) => {
      message.from = { emailAddress: { name: message.from?.emailAddress.name ?? "", address: "other@firm.example" } };
    },
    says: /: from of message of .* is ".*other@firm\.example>" instead of/,
  },
  "the sender's name": {
    change: (message) => {
      message.from = { emailAddress: { address: message.from?.emailAddress.address ?? "", name: "Somebody Else" } };
    },
    says: /: from of .* is "Somebody Else </,
  },
  "who sent it on behalf": {
    change: (message) => {
      message.sender = { emailAddress: { name: "App", address: "app@firm.example" } };
    },
    says: /: sender of .* is "App </,
  },
  "an address for somebody who has none": {
    isIt: ({ recipients }) => recipients.some(({ address }) => address === undefined),
    change: (message) => {
      for (const { emailAddress } of message.toRecipients) {
        emailAddress.address = emailAddress.address.replace("@chat.invalid", "@firm.example");
      }
    },
    says: /: toRecipients of .*somebody@firm\.example/,
  },
  "a recipient too few": { change: (message) => message.toRecipients.splice(0, 1), says: /: toRecipients of / },
  "a recipient too many": {
    change: (message) => {
      message.toRecipients = [...message.toRecipients, { emailAddress: { name: "Zed", address: "zed@firm.example" } }];
    },
    says: /: toRecipients of .*Zed <zed@firm\.example>/,
  },
  "a subject without its beginning": {
    change: (message) => {
      message.subject = message.subject?.replace("ICE Chat: ", "") ?? "";
    },
    says: /: subject of /,
  },
  "a subject without the text": {
    change: (message) => {
      message.subject = message.subject?.replace(/ - .*/, " - ") ?? "";
    },
    says: /: subject of /,
  },
  "a subject that is too long": {
    change: (message) => {
      message.subject += " ".repeat(256);
    },
    says: /: subject of /,
  },
  "the date sent": {
    change: (message) => {
      message.sentDateTime = "2026-06-03T00:00:00Z";
    },
    says: /: sentDateTime of .* is "2026-06-03T00:00:00Z" instead of "2026-06-0/,
  },
  "the date received": {
    change: (message) => {
      message.receivedDateTime = "2026-07-01T00:00:00Z";
    },
    says: /: receivedDateTime of .* is "2026-07-01T00:00:00Z"/,
  },
  "a draft": {
    change: (message) => {
      message.isDraft = true;
    },
    says: /: isDraft of .* is "true" instead of "false"/,
  },
  "an unread item": {
    change: (message) => {
      message.isRead = false;
    },
    says: /: isRead of .* is "false" instead of "true"/,
  },
  "a text that was changed": {
    change: (message) => {
      message.body = {
        contentType: "html",
        content:
          message.body?.content
            .replace("<p>", "<p>x")
            .replace("</p>", "y</p>")
            .replace(/(<p>x.{4})./, "$1_") ?? "",
      };
    },
    says: /: body of /,
  },
  "a text that lost its line breaks": {
    isIt: ({ text }) => text.startsWith("two lines:\n"),
    change: (message) => {
      message.body = { contentType: "html", content: message.body?.content.replaceAll("<br>", "") ?? "" };
    },
    says: /: body of .* instead of "two lines:\\n/,
  },
  "a text that was escaped twice": {
    isIt: ({ text }) => text.startsWith("a < b &&"),
    change: (message) => {
      message.body = { contentType: "html", content: message.body?.content.replaceAll("&", "&amp;") ?? "" };
    },
    says: /: body of /,
  },
  "a body that is not HTML": {
    change: (message) => {
      message.body = { contentType: "text", content: message.body?.content ?? "" };
    },
    says: /a body of type text/,
  },
  "ids that are not in the body": {
    change: (message) => {
      message.body = { contentType: "html", content: message.body?.content.replace(/<hr>.*/s, "") ?? "" };
    },
    says: /: ids in the body of .*not there/,
  },
  "an attachment with other bytes": {
    isIt: ({ attachments }) => attachments[0]?.isInline === true,
    change: ({ attachments: [first] }) => {
      if (first !== undefined) first.contentBytes = Buffer.from("other").toString("base64");
    },
    says: /: attachments of /,
  },
  "an attachment with another name": {
    isIt: ({ attachments }) => attachments[0]?.isInline === true,
    change: ({ attachments: [first] }) => {
      if (first !== undefined) first.name = "other.pdf";
    },
    says: /: attachments of file .* is "other\.pdf /,
  },
  "an attachment that is lacking": {
    isIt: ({ attachments }) => attachments[0]?.isInline === true,
    change: (message) => message.attachments.splice(0),
    says: /: attachments of file .* is "" instead of/,
  },
  "an attachment that should have been left out": {
    isIt: ({ attachments }) => attachments[0]?.isInline === false,
    change: (message) => message.attachments.push({ name: "big.pdf", contentBytes: "AAAA" }),
    says: /: attachments of file .* is "big\.pdf /,
  },
  "a left-out attachment that the body does not name": {
    isIt: ({ attachments }) => attachments[0]?.isInline === false,
    change: (message) => {
      message.body = { contentType: "html", content: message.body?.content.replace(/<ul>.*<\/ul>/, "") ?? "" };
    },
    says: /: files left out of .*not named/,
  },
  "no Internet Message-ID": {
    change: (message) => {
      message.internetMessageId = null;
    },
    says: /: internetMessageId is lacking in 1 messages/,
  },
  "no import key": {
    change: (message) => message.singleValueExtendedProperties.splice(0, 1),
    says: /: IceChatImportKey is lacking in 1 messages/,
  },
  "no In-Reply-To": {
    change: (message) => message.singleValueExtendedProperties.splice(1, 1),
    says: /: In-Reply-To is lacking: message of/,
  },
  "another thread than the rest of the conversation": {
    change: ({ singleValueExtendedProperties: [, root] }) => {
      if (root !== undefined) root.value = "<elsewhere@chat.invalid>";
    },
    says: /: In-Reply-To is .* in others of the conversation/,
  },
};

for (const [what, { change, says, isIt = isPlain }] of Object.entries(wrongFields)) {
  test(`finds ${what}, and nothing else`, () => {
    const exported = exportRight();
    const { user, message } = find(exported, isIt);
    change(message);
    const differences = compareMailboxes(expected, exported);
    assert.ok(
      differences.some((line) => says.test(line)),
      `${differences.join("\n")}\ndoes not say ${says}`,
    );
    assert.ok(differences.every((line) => line.startsWith(`mailbox ${user}: `) || line.includes("In-Reply-To")));
    assert.ok(differences.length <= (what.includes("thread") ? 60 : 2), differences.join("\n"));
  });
}
