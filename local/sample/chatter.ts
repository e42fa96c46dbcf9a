import type { Random } from "./random.ts";

const products = [
  "Brent Aug",
  "Brent Dec27",
  "WTI Sep",
  "gasoil Jul",
  "RBOB Q3",
  "TTF Cal27",
  "TTF Oct",
  "NBP winter",
  "HH Nov",
  "JKM Dec",
  "German base Q4",
  "UK power Feb",
  "EUA Dec26",
  "TD3C Aug",
  "C5TC Q3",
  "naphtha crack",
  "HSFO 3.5 barge",
] as const;
const units = ["lots", "kb", "kt", "MW", "cargoes", "clips", "a day"] as const;
const venues = ["ICE screen", "OTC", "cleared", "block", "EFS", "voice"] as const;
const people = ["the desk", "risk", "Singapore", "Houston", "my guy", "ops", "the refiner", "credit"] as const;

type Line = (random: Random) => string;

const price: Line = (r) => (r.int(2_000, 14_000) / 100).toFixed(2);
const size: Line = (r) => String(r.pick([5, 10, 15, 20, 25, 30, 50, 75, 100, 250]));
const product: Line = (r) => r.pick(products);

/** What traders type; each makes one line. */
const lines: readonly Line[] = [
  (r) => `can you do ${size(r)} at ${price(r)}?`,
  (r) => `${price(r)} bid for ${size(r)} ${product(r)}`,
  (r) => `offered at ${price(r)}, ${size(r)} ${r.pick(units)}`,
  (r) => `${product(r)} ${price(r)}/${price(r)} ${size(r)} up`,
  (r) => `lifted ${size(r)} ${product(r)} @ ${price(r)}`,
  (r) => `hit me on ${size(r)}`,
  (r) => `done ${size(r)} ${product(r)} ${price(r)}, ${r.pick(venues)}`,
  (r) =>
    `RECAP: you sell I buy ${size(r)} ${r.pick(units)} ${product(r)} @ ${price(r)} ${r.pick(venues)}. Ref ${r.hex(6)}`,
  (r) => `where do you see ${product(r)}?`,
  (r) => `checking with ${r.pick(people)}`,
  (r) => `nothing below ${price(r)} from ${r.pick(people)}`,
  (r) => `subject ${r.int(10, 59)} min, vessel tbn, laycan ${r.int(1, 14)}-${r.int(15, 28)}`,
  (r) => `working ${size(r)} a side, spread ${r.int(-90, 90)}c`,
  () => "tt?",
  () => "1 sec",
  () => "ok ty",
  (r) => `call you in ${r.int(2, 20)}`,
  (r) => `inventories out ${r.int(25, 35)} past, expect ${r.int(-6, 6)}.${r.int(0, 9)}mb`,
  (r) => `ref ${price(r)} delta ${r.int(10, 60)}, ${size(r)} ${product(r)} ${r.int(60, 120)} calls`,
  (r) => `freight ws ${r.int(40, 120)}, ${size(r)}kt ${r.pick(["AG/East", "WAF/UKC", "USG/ARA", "Baltic/UKC"])}`,
  (r) => `off at ${price(r)} now, was ${price(r)}`,
  (r) => `send me the confirm pls, trade id ${r.int(100_000, 999_999)}`,
];

/** One line of trading chat, now and then two sentences. */
export function chatterLine(random: Random): string {
  const line = random.pick(lines)(random);
  return random.chance(0.12) ? `${line}. ${random.pick(lines)(random)}` : line;
}

/** A morning report: some thousands of characters in paragraphs. */
export function longText(random: Random, characters: number): string {
  const parts = ["Morning comment"];
  let length = 15;
  while (length < characters) {
    const line = chatterLine(random);
    const end = random.chance(0.15) ? ".\n\n" : ". ";
    parts.push(`${line}${end}`);
    length += line.length + end.length;
  }
  return `${parts.join("\n")}End of comment.`;
}

/** The notice that a counterparty's system puts before its first message. */
export function disclaimerText(firm: string, number: number): string {
  return `*** ${firm.toUpperCase()} (${number}) Disclaimer: This chat is for professional clients only & is recorded. It is no offer "to buy or sell".`;
}

/** Texts that break naive code: line ends, quotes, markup, entities, directions, emoji, spaces, formulas. */
export const oddTexts: readonly string[] = [
  "two lines:\nbid 81.40\noffer 81.45",
  "a list\n\n- 25 lots\n-\t50 lots\n",
  "he said \"no bid\", she said 'lift it'",
  "<script>alert('x')</script> <b>bold</b> </Content></Message>",
  "a < b && c > d; 5 &lt; 6 &amp; so on &#x41;",
  "]]> ends no section, <![CDATA[ opens none",
  "سعر خام برنت 81.40 للشراء",
  "הצעה 25 לוט ב-81.40, ok?",
  "mixed \u202eabc\u202c direction",
  "🚢🛢️ 👨‍👩‍👧‍👦 fixed! 👍🏽",
  "布伦特原油 81.40 买入 25 手",
  "combining: e\u0301 o\u0308 vs precomposed é ö",
  "tab\tseparated\tprices\t81.40\t81.45",
  "=1+1, +SUM(A1:A9), @cmd, -2",
  'semi;colons;and,commas,"quoted"',
  "C:\\desk\\curves\\new.xlsx and \\n is no line end",
  "100% sure? #1 + 2 = 3 & more",
  "zero\u200bwidth and non\u00a0breaking",
  ".",
  "0",
];
