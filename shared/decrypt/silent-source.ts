/**
 * The source of an encrypted file gave nothing for too long. It is no DecryptError on purpose: it says nothing about
 * the file, which would be put aside as damaged because a storage was slow.
 */
export class SilentSource extends Error {
  override readonly name = "SilentSource";

  constructor() {
    super("The encrypted file's storage stopped answering while it was read. It is tried again by itself.");
  }
}
