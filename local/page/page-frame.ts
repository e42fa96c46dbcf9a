import type { Html } from "./html.ts";
import { html } from "./html.ts";

const STYLE = `
:root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #1b1f27; --soft: #5d6675; --line: #dfe3e9; --accent: #1459b8; --tint: #e8f0fb; }
@media (prefers-color-scheme: dark) {
  :root { --back: #14171c; --card: #1c2027; --text: #e7eaef; --soft: #98a2b3; --line: #2d333d; --accent: #86b7ff; --tint: #22304a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, "Segoe UI", sans-serif; }
header { background: var(--card); border-bottom: 1px solid var(--line); }
header div, main { max-width: 68rem; margin: 0 auto; padding: 0.9rem 1.25rem; }
header strong { font-size: 1.05rem; }
header span { color: var(--soft); margin-left: 0.6rem; }
nav { color: var(--soft); font-size: 0.9rem; margin: 0.4rem 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 0.75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: 0.5rem 0.9rem; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; font-size: 0.82rem; white-space: nowrap; }
tbody tr:hover { background: var(--tint); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--soft); }
.soft { color: var(--soft); }
.badge { display: inline-block; padding: 0 0.5rem; border-radius: 99px; background: var(--tint); color: var(--accent); font-size: 0.82rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1rem; margin: 0; padding: 0.9rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
code, pre { font: 0.86em/1.5 ui-monospace, "Cascadia Mono", Consolas, monospace; }
iframe { width: 100%; height: 26rem; border: 1px solid var(--line); border-radius: 10px; background: #fff; display: block; }
pre { margin: 0; padding: 0.9rem; white-space: pre-wrap; overflow-wrap: anywhere; }
pre.fixed { white-space: pre; overflow-wrap: normal; }
p { margin: 0.6rem 0; }
td.line { padding: 0.2rem 0.9rem; }
td.short { white-space: nowrap; }
td.words { min-width: 14rem; }
form { display: flex; gap: 0.6rem; align-items: center; flex-wrap: wrap; padding: 0.4rem 0; }
input, button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0.2rem 0.6rem; }
input { min-width: 16rem; }
.pages { display: flex; gap: 1rem; padding: 0.8rem 0; }
.empty { padding: 1.5rem; color: var(--soft); }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dt { margin-top: 0.4rem; } td.time { white-space: normal; } }
`;

/** Where a page stands: links back, the page itself last. */
export interface Crumb {
  readonly text: string;
  readonly href?: string;
}

/** What all pages of one address have in common. */
export interface Site {
  /** Stands at the top and in the browser's tab. */
  readonly name: string;
  /** What one must know before one looks at anything. */
  readonly note: string;
}

/** Puts a page's content between what all pages of its site have. */
export function toPageHtml(site: Site, title: string, crumbs: readonly Crumb[], content: Html): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${site.name}</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><div><a href="/"><strong>${site.name}</strong></a><span>${site.note}</span></div></header>
<main>
<nav aria-label="Path">${crumbs.map(toCrumb)}</nav>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`;
  return markup;
}

function toCrumb({ text, href }: Crumb, at: number): Html {
  const separator = at === 0 ? "" : " / ";
  return href === undefined ? html`${separator}${text}` : html`${separator}<a href="${href}">${text}</a>`;
}

/** The style sheet of all pages. */
export const pageStyle = STYLE;
