const aRow = 16;

/** Bytes as hexadecimal digits, 16 a row, with their offset before and what is printable of them behind. */
export function toHexDump(bytes: Buffer): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += aRow) rows.push(toRow(bytes.subarray(at, at + aRow), at));
  return rows.join("\n");
}

function toRow(bytes: Buffer, offset: number): string {
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const signs = bytes.toString("latin1").replaceAll(/[^\x20-\x7e]/g, ".");
  return `${offset.toString(16).padStart(8, "0")}  ${digits.padEnd(aRow * 3 - 1)}  ${signs}`;
}
