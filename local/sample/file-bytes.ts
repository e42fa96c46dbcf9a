import { crc32, deflateSync } from "node:zlib";
import { Random } from "./random.ts";
import type { SampleFile } from "./sample-types.ts";
import { toStoredZip } from "./stored-zip.ts";

/** The bytes of a sample file, the same each time: a PDF, a spreadsheet or a picture that programs can open. */
export function toFileBytes(file: Pick<SampleFile, "type" | "seed" | "sizeInBytes">): Buffer {
  const random = new Random(file.seed);
  if (file.type === "pdf") return toPdf(random, file.sizeInBytes);
  if (file.type === "png") return toPng(random, file.sizeInBytes);
  return toXlsx(random, file.sizeInBytes);
}

/** A page with one line of text, and a stream of noise to fill it up (ISO 32000). */
function toPdf(random: Random, size: number): Buffer {
  const text = `BT /F1 12 Tf 72 720 Td (Trade confirmation ${random.hex(8)}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  const parts: Buffer[] = [Buffer.from("%PDF-1.4\n%\u00e2\u00e3\n", "latin1")];
  const offsets: number[] = [];
  let length = parts[0]?.length ?? 0;
  const add = (body: Buffer): void => {
    parts.push(body);
    length += body.length;
  };
  objects.forEach((object, i) => {
    offsets.push(length);
    add(Buffer.from(`${i + 1} 0 obj\n${object}\nendobj\n`, "latin1"));
  });
  offsets.push(length);
  const noise = random.bytes(Math.max(16, size - length - 350));
  add(Buffer.from(`6 0 obj\n<< /Length ${noise.length} >>\nstream\n`, "latin1"));
  add(noise);
  add(Buffer.from("\nendstream\nendobj\n", "latin1"));
  return Buffer.concat([...parts, Buffer.from(toTrailer(offsets, length), "latin1")]);
}

function toTrailer(offsets: readonly number[], at: number): string {
  const rows = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const count = offsets.length + 1;
  return `xref\n0 ${count}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${count} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`;
}

/** Noise in grey, 64 pixels wide (RFC 2083). */
function toPng(random: Random, size: number): Buffer {
  const rows = Math.max(1, Math.round((size - 80) / 65));
  const pixels = random.bytes(rows * 65);
  for (let row = 0; row < rows; row += 1) pixels[row * 65] = 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(64, 0);
  header.writeUInt32BE(rows, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(pixels, { level: 0 })),
    pngChunk("IEND", Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...chunks]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const openxml = "http://schemas.openxmlformats.org";

/** A workbook with one sheet of prices (ECMA-376, the least that opens). */
function toXlsx(random: Random, size: number): Buffer {
  const rows: string[] = [];
  for (let row = 1, length = 1_600; length < size; row += 1) {
    rows.push(`<row r="${row}"><c r="A${row}"><v>${random.int(20, 140)}.${random.int(10, 99)}</v></c></row>`);
    length += rows.at(-1)?.length ?? 0;
  }
  const texts: readonly (readonly [string, string])[] = [
    [
      "[Content_Types].xml",
      `<Types xmlns="${openxml}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
    ],
    [
      "_rels/.rels",
      `<Relationships xmlns="${openxml}/package/2006/relationships"><Relationship Id="r1" Type="${openxml}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      "xl/workbook.xml",
      `<workbook xmlns="${openxml}/spreadsheetml/2006/main" xmlns:r="${openxml}/officeDocument/2006/relationships"><sheets><sheet name="Curve" sheetId="1" r:id="r1"/></sheets></workbook>`,
    ],
    [
      "xl/_rels/workbook.xml.rels",
      `<Relationships xmlns="${openxml}/package/2006/relationships"><Relationship Id="r1" Type="${openxml}/officeDocument/2006/relationships/worksheet" Target="sheet1.xml"/></Relationships>`,
    ],
    [
      "xl/sheet1.xml",
      `<worksheet xmlns="${openxml}/spreadsheetml/2006/main"><sheetData>${rows.join("")}</sheetData></worksheet>`,
    ],
  ];
  return toStoredZip(texts.map(([name, text]) => ({ name, bytes: Buffer.from(xml + text) })));
}
