/** Text in UTF-16, big end first. */
export function utf16be(text: string): Buffer {
  return Buffer.from(text, "utf16le").swap16();
}

/** Text in UTF-32. */
export function utf32(text: string, isBigEndian: boolean): Buffer {
  const bytes = Buffer.alloc(Array.from(text).length * 4);
  Array.from(text).forEach((character, i) => {
    const code = character.codePointAt(0) ?? 0;
    if (isBigEndian) bytes.writeUInt32BE(code, i * 4);
    else bytes.writeUInt32LE(code, i * 4);
  });
  return bytes;
}

/** Text of which each character is the byte of its number. */
export function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** The bytes with `marker` (ASCII) replaced by other bytes. */
export function withBytes(text: string, marker: string, bytes: readonly number[]): Buffer {
  const [before = "", after = ""] = text.split(marker);
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
}

/** Bytes without any order that are the same in each run (a linear congruence, of Numerical Recipes). */
export function noise(sizeInBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeInBytes);
  let state = 1;
  for (let i = 0; i < sizeInBytes; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
