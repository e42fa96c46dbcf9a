import { DecryptError } from "./decrypt-error.ts";

/** No armor header, and nothing after the message's last full line, is longer. */
const mostText = 65_536;
const tailForm = /^([A-Za-z0-9+/]*={0,2})(?:=[A-Za-z0-9+/]{4})?-----ENDPGPMESSAGE-----$/;

/**
 * Takes off the ASCII armor (RFC 9580, 6). openpgp could, but it takes a text that lacks its last line for a damaged
 * one, and holds everything after a stray `-` or `=` in memory. The checksum line is not looked at: section 6.1 forbids
 * to refuse a message for it, and the integrity code inside is better.
 *
 * @throws DecryptError `truncated` when the END line is missing, `damaged` for anything that is no base64
 */
export async function* dearmor(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let head: string | undefined = "";
  let text = "";
  for await (const chunk of source) {
    text += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    if (head !== undefined) {
      const start = bodyStart(text);
      if (start === undefined) continue;
      text = text.slice(start);
      head = undefined;
    }
    text = text.replaceAll(/\s+/g, "");
    const end = text.search(/[-=]/);
    const whole = Math.floor((end === -1 ? text.length : end) / 4) * 4;
    if (text.length - whole > mostText) throw new DecryptError("damaged");
    if (whole > 0) yield toBytes(text.slice(0, whole));
    text = text.slice(whole);
  }
  if (head !== undefined) throw new DecryptError("truncated");
  yield toLastBytes(text);
}

/** Where the body begins: after the BEGIN line, the header lines and an empty line. */
function bodyStart(text: string): number | undefined {
  const found = /-----BEGIN PGP MESSAGE-----[ \t]*\r?\n(?:[^\r\n]*[^\s][^\r\n]*\r?\n)*[ \t]*\r?\n/.exec(text);
  if (found === null && text.length > mostText) throw new DecryptError("damaged");
  return found === null ? undefined : found.index + found[0].length;
}

function toLastBytes(text: string): Uint8Array {
  const found = tailForm.exec(text);
  if (found?.[1] !== undefined) return toBytes(found[1]);
  const isCut = /^[A-Za-z0-9+/]*={0,2}(?:=[A-Za-z0-9+/]{0,4})?(?:-[-A-Z]*)?$/.test(text);
  throw new DecryptError(isCut && !text.includes("MESSAGE-----") ? "truncated" : "damaged");
}

/** Node passes over what is no base64; the length tells. */
function toBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (bytes.length !== Math.floor(((text.length - padding) * 3) / 4)) throw new DecryptError("damaged");
  return bytes;
}
