import { DecryptError } from "./decrypt-error.ts";

/** No armor header, and nothing after the message's last full line, is longer. */
const mostText = 65_536;
/** The last bytes, the checksum, and the END line as far as it came; without white space. */
const tailForm = /^([A-Za-z0-9+/]*={0,2})(?:=[A-Za-z0-9+/]{0,4})?(-.*)?$/;
const lastLine = "-----END PGP MESSAGE-----";
const endLine = lastLine.replaceAll(" ", "");

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
  // One that has its last line has come whole: what is missing is the empty line behind its headers.
  if (head !== undefined) throw new DecryptError(text.includes(lastLine) ? "damaged" : "truncated");
  yield toLastBytes(text);
}

/**
 * Where the body begins: after the BEGIN line, the header lines and an empty line. Line by line and without regular
 * expressions that can go back, since a hostile header would keep them busy for hours.
 */
function bodyStart(text: string): number | undefined {
  let isInside = false;
  for (let at = 0; ; ) {
    const end = text.indexOf("\n", at);
    if (end === -1) break;
    const line = text.slice(at, end).trim();
    if (isInside && line === "") return end + 1;
    isInside ||= line.endsWith("-----BEGIN PGP MESSAGE-----");
    at = end + 1;
  }
  if (text.length > mostText) throw new DecryptError("damaged");
  return undefined;
}

function toLastBytes(text: string): Uint8Array {
  const found = tailForm.exec(text);
  if (found === null) throw new DecryptError("damaged");
  const [, body = "", last = ""] = found;
  if (last === endLine) return toBytes(body);
  throw new DecryptError(endLine.startsWith(last) ? "truncated" : "damaged");
}

/** Node passes over what is no base64; the length tells. */
function toBytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, "base64");
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  if (bytes.length !== Math.floor(((text.length - padding) * 3) / 4)) throw new DecryptError("damaged");
  return bytes;
}
