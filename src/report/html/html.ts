import { createHash } from 'node:crypto';
import type { Reporter } from '../reporter.js';
import { type Html, html, lines, text, trusted } from '../text/html-template.js';
import type { ReportView } from '../view/view.js';
import { code } from './html-elements.js';
import {
  attemptSection,
  findingSection,
  groupSection,
  matrixSection,
  participantSection,
} from './html-sections.js';

/** Nothing is loaded and nothing runs: the only style is allowed by its hash (Content Security Policy Level 3). */
function policy(): Html {
  const hash = createHash('sha256').update(style).digest('base64');
  return trusted(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
}

function factsOf(view: ReportView): (readonly [name: string, value: Html])[] {
  const { report, summaryLine, emulatorNote, impact, rotation } = view;
  const { reference, startedAt, environment } = report;
  const at = startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC');
  const facts: (readonly [string, Html])[] = [
    ['Environment', code(environment, 80)],
    ['Checked at', html`<time datetime="${startedAt}">${at}</time>`],
    ['Summary', text(summaryLine)],
  ];
  if (reference !== null) {
    const version = reference.version === null ? null : html`version ${text(reference.version, 80)}`;
    facts.push(['Reference', html`${code(reference.participant)} ${version}`]);
  }
  if (rotation !== null) facts.push(['Rotation', text(rotation.replace(/^Rotation /, ''))]);
  if (emulatorNote !== null) facts.push(['Secrets', text(emulatorNote)]);
  if (impact !== null) facts.push(['Impact', text(impact)]);
  return facts;
}

function verdict(view: ReportView): Html {
  const { status, mark, word } = view.overall;
  return lines(
    html`<header class="verdict ${status}">`,
    html`<h1><span class="word">${mark} ${word}</span> ${text(view.report.environment, 80)}</h1>`,
    html`<p>${view.headline.text}.</p>`,
    html`<dl>`,
    ...factsOf(view).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`),
    html`</dl>`,
    html`</header>`,
  );
}

/**
 * One self-contained page without a script, for sharing after an incident: the verdict, the findings with cause and
 * remedy, the secret of each participant, and the matrix of minters and verifiers.
 */
export const htmlReport: Reporter = (view) => {
  const { report, overall } = view;
  const title = text(`${overall.word.toLowerCase()}: ${report.environment}`, 60);
  const page = lines(
    html`<!DOCTYPE html>`,
    html`<html lang="en">`,
    html`<head>`,
    html`<meta charset="utf-8">`,
    html`<meta http-equiv="Content-Security-Policy" content="${policy()}">`,
    html`<meta name="viewport" content="width=device-width, initial-scale=1">`,
    html`<meta name="robots" content="noindex">`,
    html`<title>${title} - jwtcheck</title>`,
    html`<style>${trusted(style)}</style>`,
    html`</head>`,
    html`<body>`,
    verdict(view),
    html`<main>`,
    findingSection(view.findings),
    participantSection(view),
    matrixSection(view.tokens),
    groupSection(view),
    attemptSection(report),
    html`</main>`,
    html`<footer><p class="faint">jwtcheck ${text(report.tool.version, 20)}. <code>jwtcheck explain CODE</code> says what a finding means.</p></footer>`,
    html`</body>`,
    html`</html>`,
  );
  return `${page}\n`;
};

/**
 * The style of the HTML report: light and dark by the setting of the reader, and for paper. A table that is wider than the
 * page has a shade where it continues: the two gradients of paper move with the table and cover the shade at its ends.
 */
const style = `
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
