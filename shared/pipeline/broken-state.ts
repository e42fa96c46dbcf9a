/** Storage does not hold what it must hold by now. The message is ours: ids, counts and what to do. */
export class BrokenState extends Error {
  override readonly name = "BrokenState";
  readonly messageIsOurs = true;
}
