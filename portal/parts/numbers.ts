const plain = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });

/** With separators, such as 200,000. */
export function toNumberText(value: number): string {
  return plain.format(value);
}

/** A number of things, such as "1 item" and "2,000 items". */
export function toCountText(value: number, one: string, many = `${one}s`): string {
  return `${toNumberText(value)} ${value === 1 ? one : many}`;
}

/** A size in bytes in the unit that suits it. */
export function toSizeText(inBytes: number): string {
  const [unit, divisor] =
    inBytes < 1e3 ? ["B", 1] : inBytes < 1e6 ? ["kB", 1e3] : inBytes < 1e9 ? ["MB", 1e6] : ["GB", 1e9];
  const value = inBytes / divisor;
  return `${value >= 100 || divisor === 1 ? plain.format(value) : value.toFixed(1)} ${unit}`;
}
