/** What was asked for is not done, and why; an answer, not a fault. */
export class Refused extends Error {
  override readonly name = "Refused";
}
