import { imId, type MailboxAddress, toMailboxId } from "../../chat/identifiers.ts";
import type { UnmappedReason } from "../../chat/people.ts";
import { createMailboxFinder } from "../../directory/mailbox-finder.ts";
import { type Finding, type FindMailbox, isFound } from "../../map/address-book.ts";
import { type Mapping, mailboxNamedFor, parseMapping } from "../../map/mapping.ts";
import { type ResolvedPerson, type ResolveRules, resolvePerson } from "../../map/resolve-people.ts";
import { BrokenState } from "../../pipeline/broken-state.ts";
import { readOnly } from "../../pipeline/hold-list.ts";
import { paths } from "../../store/paths.ts";
import type { mappingRoutes, PersonTest } from "../contract/mapping.ts";
import { refused, unavailable } from "../problem.ts";
import type { Handler } from "../request.ts";
import { isAutomatic, peopleOf } from "./mapping-choices.ts";
import { requireSubject, type SetupDeps, withDirectory } from "./setup-deps.ts";

/** A hold list of thousands is asked for address by address. */
const longestInMs = 60_000;

/** POST .../mapping/test: by the very code that a drop's people are resolved by. */
export const testPerson: Handler<typeof mappingRoutes.testPerson, SetupDeps> = async (deps, { params, body }) => {
  const { name } = params;
  const subject = await requireSubject(deps.blobs, name);
  const mapping = await readMapping(deps, name);
  const signal = AbortSignal.timeout(longestInMs);
  const choice = peopleOf(subject);
  const only = await withDirectory(() => readOnly(deps, name, choice, signal).catch(toRefusal));
  const rules: ResolveRules = { mapping, isAutomatic: isAutomatic(subject), only };
  const participant = {
    ...(body.imId === undefined ? {} : { imId: imId.parse(body.imId) }),
    ...(body.email === undefined ? {} : { email: body.email }),
  };
  const found = await withDirectory(() =>
    resolvePerson({ findMailbox: toFinder(deps), signal }, rules, participant).catch((error: unknown) => {
      if (signal.aborted) throw unavailable("Not everybody on the hold list could be asked for in time. Try again.");
      throw error;
    }),
  );
  return { body: tell(found, rules, choice.type) };
};

/** Without noting that a mailbox was seen: looking changes nothing. */
function toFinder({ directory }: SetupDeps): FindMailbox {
  const anyEpoch = { seen: async (oid: Parameters<typeof toMailboxId>[0]) => toMailboxId(oid, 0) };
  return createMailboxFinder({ directory, epochs: { ...anyEpoch, last: anyEpoch.seen } });
}

async function readMapping(
  { blobs }: SetupDeps,
  name: Parameters<typeof paths.mapping>[0],
): Promise<Mapping | undefined> {
  const stored = await blobs.read(paths.mapping(name));
  if (stored === undefined) return undefined;
  const parsed = await parseMapping([stored.bytes]);
  if (parsed.isValid) return parsed.mapping;
  throw refused("The stored mapping has bad lines, so nobody can be mapped. Upload it again.");
}

function toRefusal(error: unknown): never {
  throw error instanceof BrokenState ? refused(error.message) : error;
}

function tell(found: ResolvedPerson, rules: ResolveRules, people: "everybody" | "list" | "group"): PersonTest {
  const { mailbox, unmapped } = found.person;
  const steps = [tellMapping(found, rules), tellAutomatic(found, rules), tellPeople(found, people)];
  if (mailbox !== undefined) {
    const { address, displayName, via } = mailbox;
    return { mailbox: { address, displayName, via }, steps };
  }
  const reason = unmapped ?? "no-address";
  return { unmapped: { reason, message: sentences[reason] }, steps };
}

type Step = PersonTest["steps"][number];

/** Why a person's items go nowhere, and what to do. */
const sentences: Readonly<Record<UnmappedReason, string>> = {
  "no-address": "The mapping does not name the person, and the chats give no address. Add the ImId to the mapping.",
  "not-an-address":
    "The mapping does not name the person, and what the chats give is no address. Add the ImId to the mapping.",
  "unknown-user":
    "The directory knows no user of that address. Add the ImId to the mapping, or leave it if the person is not the firm's.",
  ambiguous:
    "Several users of the directory have that address. Add the ImId to the mapping, with an address that one user has.",
  "no-mailbox":
    "The directory knows the user, who has no mailbox in Exchange Online. Give one, or name another mailbox in the mapping.",
  "mapping-names-no-mailbox":
    "The mapping names an address that is no mailbox, and the person's own address is none either. Mend the line.",
  "automatic-mapping-off":
    "The mapping does not name the person, and people are not found by their own addresses. Add the ImId to the mapping.",
  "not-on-list": "The person has a mailbox, but is not among those whose chats are imported.",
};

/** What the directory says about an address. */
const directoryWords: Readonly<Record<UnmappedReason, string>> = {
  "no-address": "is missing",
  "not-an-address": "is no address",
  "unknown-user": "is no user's of the directory",
  ambiguous: "is the address of several users of the directory",
  "no-mailbox": "is a user's who has no mailbox",
  "mapping-names-no-mailbox": "is no mailbox",
  "automatic-mapping-off": "was not asked for",
  "not-on-list": "is not on the list",
};

function tellMapping({ person, named }: ResolvedPerson, { mapping }: ResolveRules): Step {
  const step = "mapping" as const;
  const { imId: id } = person.participant;
  if (id === undefined)
    return { step, outcome: "skipped", message: "No ImId was given, so the mapping was not asked." };
  if (mapping === undefined) return { step, outcome: "not-found", message: "There is no mapping." };
  const address: MailboxAddress | undefined = mailboxNamedFor(mapping, id);
  if (address === undefined) return { step, outcome: "not-found", message: "The mapping does not name this ImId." };
  return { step, ...tellFinding(`The mapping names ${address}, which`, named) };
}

function tellAutomatic({ own, named, person }: ResolvedPerson, { isAutomatic: isOn }: ResolveRules): Step {
  const step = "automatic" as const;
  if (isFound(named)) return { step, outcome: "skipped", message: "Not needed: the mapping goes first." };
  if (!isOn) return { step, outcome: "skipped", message: "People are not found by their own addresses." };
  const { email } = person.participant;
  if (email === undefined) return { step, outcome: "not-found", message: "No address was given." };
  return { step, ...tellFinding("The person's own address", own) };
}

function tellFinding(what: string, finding: Finding | undefined): Pick<Step, "outcome" | "message"> {
  if (!isFound(finding))
    return { outcome: "not-found", message: `${what} ${directoryWords[finding ?? "unknown-user"]}.` };
  return { outcome: "found", message: `${what} is the mailbox ${finding.address}.` };
}

function tellPeople({ person }: ResolvedPerson, people: "everybody" | "list" | "group"): Step {
  const step = "people" as const;
  if (people === "everybody") return { step, outcome: "skipped", message: "Everybody's chats are imported." };
  const where = people === "list" ? "on the hold list" : "in the group";
  if (person.unmapped === "not-on-list") {
    return { step, outcome: "left-out", message: `The person has a mailbox, but is not ${where}, and so is left out.` };
  }
  if (person.mailbox === undefined) return { step, outcome: "skipped", message: "There is no mailbox to look for." };
  return { step, outcome: "found", message: `The person is ${where}.` };
}
