import { encodedLength } from "./charset.ts";
import type { TextPiece } from "./decode-text.ts";

/** Maps places in a text that was encoded again as UTF-8 back to byte offsets in its file. Places must not decrease. */
export class Utf8Offsets {
  readonly #pieces: { readonly piece: TextPiece; readonly bytes: Buffer; readonly start: number }[] = [];
  #end = 0;
  /** How much of the first piece was measured: in UTF-8, and in the file's own bytes. */
  #measured = 0;
  #measuredInFile = 0;

  /** The piece in UTF-8. */
  add(piece: TextPiece): Buffer {
    const bytes = Buffer.from(piece.text);
    this.#pieces.push({ piece, bytes, start: this.#end });
    this.#end += bytes.length;
    return bytes;
  }

  /** The offset in the file of the character that begins at this byte of the UTF-8 text. */
  offsetOf(place: number): number {
    while (this.#pieces.length > 1 && (this.#pieces[1]?.start ?? 0) <= place) {
      this.#pieces.shift();
      this.#measured = 0;
      this.#measuredInFile = 0;
    }
    const first = this.#pieces[0];
    if (first === undefined) return 0;
    const { charset, offset } = first.piece;
    const end = place - first.start;
    if (charset.width === "utf-8") return offset + end;
    this.#measuredInFile += encodedLength(first.bytes.toString("utf8", this.#measured, end), charset);
    this.#measured = end;
    return offset + this.#measuredInFile;
  }
}
