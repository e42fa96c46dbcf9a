import type { Participant } from "../chat/chat-item.ts";
import type { Description, People } from "./people.ts";
import { type Instant, parseEpoch } from "./timestamp.ts";
import { UnparsableFile, type UnparsableReason } from "./unparsable-file.ts";
import type { XmlPath } from "./xml-path.ts";

/** The fields of one event element, read strictly; every error names the field's place. */
export class EventFields {
  readonly #values: ReadonlyMap<string, string>;
  readonly #path: XmlPath;
  readonly #element: "innermost" | "parent";

  /** @param element which element of the path, as it now stands, has these fields */
  constructor(values: ReadonlyMap<string, string>, path: XmlPath, element: "innermost" | "parent") {
    this.#values = values;
    this.#path = path;
    this.#element = element;
  }

  /** Byte offset at or before which the event begins. */
  get offset(): number {
    return this.#path.offset;
  }

  /** The text as it is, "" when the element is empty. @throws UnparsableFile `missing-field` when it is absent */
  text(field: string): string {
    return this.#values.get(field) ?? this.#failMissing(field);
  }

  /** The text as it is, "" when the element is empty or absent. */
  textOrEmpty(field: string): string {
    return this.#values.get(field) ?? "";
  }

  /** A name or id without the space around it; undefined when empty or absent. @throws UnparsableFile `too-long` */
  optional(field: string, maxLength: number): string | undefined {
    const value = this.#values.get(field)?.trim() ?? "";
    if (value.length > maxLength) this.fail("too-long", field, `${field} is longer than ${maxLength} characters`);
    return value === "" ? undefined : value;
  }

  /** @throws UnparsableFile `missing-field`, `too-long` */
  required(field: string, maxLength: number): string {
    return this.optional(field, maxLength) ?? this.#failMissing(field);
  }

  /** @throws UnparsableFile `missing-field`, `bad-timestamp` */
  time(field: string): Instant {
    return this.optionalTime(field) ?? this.#failMissing(field);
  }

  /** Undefined when empty, absent or 0. @throws UnparsableFile `bad-timestamp` */
  optionalTime(field: string): Instant | undefined {
    const value = this.#values.get(field)?.trim() ?? "";
    if (value === "" || value === "0") return undefined;
    const problem = `${field} is no epoch of 10 digits (seconds) or 13 digits (milliseconds)`;
    return parseEpoch(value) ?? this.fail("bad-timestamp", field, problem);
  }

  /** The person that these fields describe. @throws UnparsableFile `missing-field`, `too-long` */
  person(people: People, imIdField: string, emailField: string): Participant {
    const imId = this.#values.get(imIdField)?.trim() ?? "";
    if (imId === "") this.#failMissing(imIdField);
    const given: Description = { imId, email: this.#values.get(emailField)?.trim() };
    const person = people.toParticipant(given);
    if (!("tooLong" in person)) return person;
    const field = person.tooLong === "imId" ? imIdField : emailField;
    return this.fail("too-long", field, `${field} is too long for a person's name or address`);
  }

  /** @throws UnparsableFile always */
  fail(reason: UnparsableReason, field: string, problem: string): never {
    const { offset, path } = this.#element === "parent" ? this.#path.parentPlace : this.#path.place;
    throw new UnparsableFile(reason, { offset, path: `${path}/${field}` }, problem);
  }

  #failMissing(field: string): never {
    return this.fail(
      "missing-field",
      field,
      `${field} is missing or empty, and the item cannot be archived without it`,
    );
  }
}
