import { createHash } from 'node:crypto';
import type { Reporter } from '../reporter.js';
import { type Html, html, lines, text, trusted } from '../text/html-template.js';
import type { ReportView } from '../view/view.js';
import { code } from './html-elements.js';
import { findingSection } from './html-findings.js';
import { attemptSection, groupSection, matrixSection, participantSection } from './html-sections.js';
import { style } from './html-style.js';

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
