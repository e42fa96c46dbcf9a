/** First names of the cast; some with accents. */
export const firstNames = (
  "Anna Ben Carla David Elena Felix Grace Henry Ingrid Jack Katya Liam Mara Noah Olivia Pedro Quinn Rosa Sven Tara " +
  "Umar Vera Will Xenia Yusuf Zoë André Björn Chloé Dušan Éva François Gülay Håkon Iñaki Jürgen Łukasz Miyu Nuño Søren"
).split(" ");

/** Last names of the cast; some with accents and apostrophes. */
export const lastNames = (
  "Adler Brandt Clarke Dunne Ekberg Fischer Grant Hughes Ivanov Jensen Keller Lindqvist Moreau Novak O'Neill Patel " +
  "Quist Rossi Schmidt Turner Underwood Vasquez Weber Xu Young Zielinski Müller Żółć Šimić Ångström D'Amico Nguyễn Peña"
).split(" ");

/** Names that break naive code: quotes, commas, markup, other scripts, right-to-left, emoji, combining marks. */
export const oddNames = [
  "O'Brien, Siobhán",
  '<b>Bob</b> & "Co"',
  "王伟",
  "田中 さくら",
  "محمد العلي",
  "דוד לוי",
  "Anna 🚢 Berg",
  "Jose\u0301 Nun\u0303ez",
  "Jean-Luc 'JL' D'Arcy; Esq.",
  "김민준",
] as const;

/** Counterparties' firms and their domains. */
export const counterparties = [
  { firm: "Harbour Oil Brokers", domain: "harbour-oil.example" },
  { firm: "Meridian Gas & Power", domain: "meridian-gp.example" },
  { firm: "Tall Ships Freight", domain: "tallships.example" },
  { firm: "Kestrel Commodities", domain: "kestrel-comm.example" },
  { firm: "Société Énergie du Rhône", domain: "energie-rhone.example" },
] as const;

/** Our firm, its domain and the domain it had before. */
export const ourFirm = {
  firm: "Northgate Energy Trading",
  domain: "northgate-energy.example",
  oldDomain: "ngt-legacy.example",
} as const;

/** ASCII for an address: `Zoë Müller` -> `zoe.muller`; other scripts give an empty text. */
export function toLocalPart(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .replace(/ł/gi, "l")
    .replace(/ø/gi, "o");
  return plain
    .toLowerCase()
    .replace(/[^a-z0-9' -]/g, "")
    .trim()
    .replace(/[ -]+/g, ".");
}
