import type { Participant } from "../chat/chat-item.ts";

/** Numbers different participants (by everything that is known of them) in the order of their first appearance. */
export class ParticipantNumbers {
  readonly #byDescription = new Map<string, number>();
  /** Parsers give the same object for the same person most of the time, which is faster to find. */
  readonly #byObject = new WeakMap<Participant, number>();
  readonly #list: Participant[] = [];

  constructor(known: readonly Participant[] = []) {
    for (const participant of known) this.add(participant);
  }

  get list(): readonly Participant[] {
    return this.#list;
  }

  /** The participant's number, a new one if need be. */
  add(participant: Participant): number {
    const known = this.numberOf(participant);
    if (known !== undefined) return known;
    const number = this.#list.push(participant) - 1;
    this.#byDescription.set(describe(participant), number);
    this.#byObject.set(participant, number);
    return number;
  }

  /** The number of a participant that was added before. */
  numberOf(participant: Participant): number | undefined {
    const known = this.#byObject.get(participant);
    if (known !== undefined) return known;
    const number = this.#byDescription.get(describe(participant));
    if (number !== undefined) this.#byObject.set(participant, number);
    return number;
  }
}

function describe({ imId, email, displayName, firm }: Participant): string {
  return JSON.stringify([imId ?? null, email ?? null, displayName ?? null, firm ?? null]);
}
