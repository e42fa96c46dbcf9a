import type { PeopleChoice } from "../../config/connector.ts";
import type { Subject } from "../../pipeline/secret-owner.ts";

/** Whether people are found by their own addresses; so unless said otherwise. */
export function isAutomatic(subject: Subject): boolean {
  if (subject.kind === "connector") return subject.value.mapping.isAutomatic;
  return subject.value.values.mapping?.isAutomatic ?? true;
}

/** Whose chats are imported; everybody's unless said otherwise. */
export function peopleOf(subject: Subject): PeopleChoice {
  if (subject.kind === "connector") return subject.value.people;
  return subject.value.values.people ?? { type: "everybody" };
}
