import { type Html, trusted } from './html.js';

/** The page's style sheet: one column, light and dark, made to print. Colours keep a contrast of 4.5 to 1 for text. */
export const style: Html = trusted(`
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --panel: #ffffff; --ink: #16202b; --muted: #55606d; --rule: #d5dbe2;
  --blue: #0b5fa5; --orange: #b4500b; --green: #13744f; --purple: #8a3f86;
  --warn: #fff3d6; --warnedge: #b26a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #11161c; --panel: #1a2129; --ink: #e8edf2; --muted: #a3afbb; --rule: #3a4652;
    --blue: #6cb4ef; --orange: #f2a35e; --green: #5fc99a; --purple: #d79ad2;
    --warn: #3a2c0c; --warnedge: #e0a030;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 28px 24px 48px; max-width: 1080px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif;
}
h1 { font-size: 30px; line-height: 1.2; margin: 12px 0 4px; }
h2 { font-size: 22px; margin: 40px 0 8px; }
h3 { font-size: 17px; margin: 0 0 8px; }
section > h3 { margin: 24px 0 0; }
h4 { font-size: 15px; margin: 0 0 6px; }
p { margin: 8px 0; max-width: 76ch; }
code { font: 13px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.device { margin: 0; font-weight: 600; border: 1px solid var(--warnedge); border-radius: 6px; padding: 6px 12px; max-width: none; }
.sub, .calm, figcaption, small { color: var(--muted); }
.warnings { background: var(--warn); border-left: 5px solid var(--warnedge); border-radius: 6px; padding: 12px 20px; margin: 16px 0; }
.leak { font-weight: 600; border-left: 5px solid var(--warnedge); padding-left: 12px; }
.warnings h2 { margin: 0; font-size: 18px; }
.warnings ul { margin: 6px 0 0; padding-left: 20px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 12px; margin: 20px 0; }
.tile { background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; padding: 12px 16px; display: flex; flex-direction: column; }
.tile b { font-size: 30px; line-height: 1.2; font-variant-numeric: tabular-nums; }
figure, .scroll { background: var(--panel); border: 1px solid var(--rule); border-radius: 8px; }
figure { margin: 16px 0; padding: 16px; min-width: 0; }
figure svg { display: block; overflow: visible; width: 100%; height: auto; margin: 0 auto; }
figcaption { margin: 8px 0; font-size: 14px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; align-items: start; }
.pair figure { margin: 0; }
.ramp { display: inline-block; width: 90px; height: 11px; vertical-align: -1px; background: linear-gradient(to right, transparent, var(--blue)); border: 1px solid var(--rule); }
.scroll { overflow-x: auto; margin: 12px 0; }
details .scroll { max-height: 420px; overflow-y: auto; }
details { margin: 8px 0; }
summary { cursor: pointer; color: var(--blue); font-size: 14px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 8px 12px; color: var(--muted); font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 6px 12px; border-top: 1px solid var(--rule); }
thead th { font-weight: 600; }
tbody th { font-weight: 400; overflow-wrap: anywhere; }
.figure { text-align: right; white-space: nowrap; }
thead .figure { white-space: normal; }
footer { margin-top: 40px; border-top: 1px solid var(--rule); padding-top: 12px; color: var(--muted); font-size: 14px; }
@media screen and (max-width: 760px) { .pair { grid-template-columns: 1fr; } body { padding: 16px 12px; } }
@media print {
  :root {
    --paper: #ffffff; --panel: #ffffff; --ink: #000000; --muted: #444444; --rule: #bbbbbb;
    --blue: #0b5fa5; --orange: #b4500b; --green: #13744f; --purple: #8a3f86;
    --warn: #fff3d6; --warnedge: #b26a00;
  }
  body { max-width: none; padding: 0; font-size: 11pt; }
  figure, .tiles, .pair, tr, .warnings { break-inside: avoid; }
  .tiles { grid-template-columns: repeat(4, 1fr); }
  figure details:not([open]) { display: none; }
  table { font-size: 9pt; }
  th, td { padding: 3px 6px; }
  tbody th { min-width: 9em; }
  h2, h3, h4 { break-after: avoid; }
  .scroll, details .scroll { overflow: visible; max-height: none; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`);
