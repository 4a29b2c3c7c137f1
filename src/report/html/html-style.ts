/**
 * The style of the HTML report: light and dark by the setting of the reader, and for paper. A table that is wider than the
 * page has a shade where it continues: the two gradients of paper move with the table and cover the shade at its ends.
 */
export const style = `
:root {
  color-scheme: light dark;
  --text: #1d2330; --faint: #5b6475; --paper: #ffffff; --panel: #f4f6f9; --line: #d5dae2;
  --ok: #14683a; --bad: #b01e1e; --unknown: #7a5200; --bad-paper: #fdecec; --unknown-paper: #fff5dd; --shade: #0004;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e4e8ef; --faint: #a4adbd; --paper: #14181f; --panel: #1e242e; --line: #38414f;
    --ok: #6fd39b; --bad: #ff9090; --unknown: #f0c25f; --bad-paper: #3a1c1f; --unknown-paper: #362b13; --shade: #fff5;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1rem 3rem; background: var(--paper); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.2rem; }
h3 { margin: 0 0 .5rem; font-size: 1rem; }
p { margin: .5rem 0; }
.verdict { padding: 1rem 1.25rem; border-left: .4rem solid var(--line); background: var(--panel); }
.verdict.ok { border-color: var(--ok); }
.verdict.bad { border-color: var(--bad); background: var(--bad-paper); }
.verdict.unknown { border-color: var(--unknown); background: var(--unknown-paper); }
.ok .word, td.ok { color: var(--ok); }
.bad .word, td.bad { color: var(--bad); font-weight: 600; }
.unknown .word, td.unknown { color: var(--unknown); font-weight: 600; }
.faint { color: var(--faint); }
.scroll { overflow-x: auto; background:
  linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% no-repeat local,
  linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) left / .9rem 100% no-repeat scroll,
  linear-gradient(to left, var(--shade), transparent) right / .9rem 100% no-repeat scroll; }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid currentcolor; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { padding: 0 0 .4rem; text-align: left; color: var(--faint); }
th, td { padding: .4rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
  overflow-wrap: break-word; min-width: 5rem; max-width: 26rem; }
thead th { background: var(--panel); }
tbody th { font-weight: 600; }
code, pre { font: .875rem/1.5 ui-monospace, monospace; }
pre { margin: .5rem 0; padding: .6rem .8rem; background: var(--panel); border: 1px solid var(--line); white-space: pre-wrap; }
.finding { margin: 0 0 1rem; padding: .9rem 1.1rem; border: 1px solid var(--line); border-left: .3rem solid var(--line); }
.finding.bad { border-left-color: var(--bad); }
.finding.unknown { border-left-color: var(--unknown); }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: var(--faint); }
dd { margin: 0; }
summary { cursor: pointer; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin: 0 0 .4rem; } body { padding-top: 1rem; } }
@media print {
  :root { --text: #000; --faint: #444; --paper: #fff; --panel: #fff; --line: #999;
    --ok: #000; --bad: #000; --unknown: #000; --bad-paper: #fff; --unknown-paper: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .scroll { overflow: visible; background: none; }
  .finding, tr { break-inside: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
