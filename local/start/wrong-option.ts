/** A mistake on the command line or in a file that it names: what is wrong, and how it should be. */
export class WrongOption extends Error {
  override readonly name = "WrongOption";
}
