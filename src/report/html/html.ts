import { createHash } from 'node:crypto';
import type { Report } from '../../model.js';
import type { Reporter } from '../reporter.js';
import { xml } from '../text/escape.js';
import { emulatorNote } from '../view/emulator-note.js';
import { headline } from '../view/headline.js';
import { type ParticipantStatus, participantStatuses } from '../view/participant-status.js';
import { overall } from '../view/summary.js';
import { money, summaryLine } from '../view/summary-line.js';
import { type TokenTable, tokenTable } from '../view/token-table.js';
import { findingSection } from './html-findings.js';
import { attemptSection, groupSection, matrixSection, participantSection } from './html-sections.js';
import { style } from './html-style.js';
import { coded } from './html-template.js';

/** Nothing is loaded and nothing runs: the one style is known by its hash (Content Security Policy Level 3). */
function policy(): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function verdict(report: Report, points: readonly ParticipantStatus[], whole: TokenTable): string[] {
  const { status, mark, word } = overall(report);
  const atRisk = money(report);
  const note = emulatorNote(report);
  const { reference, startedAt, environment } = report;
  const facts: readonly (readonly [string, string])[] = [
    ['Environment', coded(environment, 80)],
    [
      'Checked at',
      `<time datetime="${xml(startedAt)}">${xml(startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))}</time>`,
    ],
    ['Level', xml(summaryLine(report))],
    ...(reference === null
      ? []
      : ([
          [
            'Reference',
            `${coded(reference.participant)} ${reference.version === null ? '' : `version ${xml(reference.version, 80)}`}`,
          ],
        ] as const)),
    ...(note === null ? [] : ([['Secrets', xml(note)]] as const)),
    ...(atRisk === null ? [] : ([['Impact', xml(atRisk)]] as const)),
  ];
  return [
    `<header class="verdict ${status}">`,
    `<h1><span class="word">${mark} ${word}</span> ${xml(environment, 80)}</h1>`,
    `<p>${xml(headline(report, points, whole))}.</p>`,
    '<dl>',
    ...facts.map(([name, html]) => `<dt>${name}</dt><dd>${html}</dd>`),
    '</dl>',
    '</header>',
  ];
}

/**
 * One self-contained page without a script, good to send around after an incident: the verdict, the findings with cause
 * and remedy, who holds which secret, and the matrix of minters and verifiers.
 */
export const html: Reporter = (report) => {
  const points = participantStatuses(report);
  const whole = tokenTable(report, points);
  return `${[
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy()}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex">',
    `<title>${xml(`${overall(report).word.toLowerCase()}: ${report.environment}`, 60)} - jwtcheck</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    ...verdict(report, points, whole),
    '<main>',
    ...findingSection(report),
    ...participantSection(report, points),
    ...matrixSection(whole),
    ...groupSection(report),
    ...attemptSection(report),
    '</main>',
    `<footer><p class="faint">jwtcheck ${xml(report.tool.version, 20)}. <code>jwtcheck explain CODE</code> says what a finding means.</p></footer>`,
    '</body>',
    '</html>',
  ].join('\n')}\n`;
};
