const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values = new Map(digits.split("").map((digit, value) => [digit, value]));

/**
 * Numbers of one segment of a source map: base64 digits of five bits, lowest first, the sixth bit says that more follow, the
 * first bit of all is the sign (ECMA-426, Base64 VLQ). Throws on a character that is no digit.
 */
export function parseNumbers(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = values.get(digit);
    if (bits === undefined) throw new Error("a source map has a character that is no base64 digit");
    value |= (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

/** The inverse of parseNumbers. */
export function formatNumbers(numbers: readonly number[]): string {
  return numbers.map(formatNumber).join("");
}

function formatNumber(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = "";
  do {
    const bits = rest & 31;
    rest >>>= 5;
    text += digits[rest === 0 ? bits : bits | 32];
  } while (rest !== 0);
  return text;
}
