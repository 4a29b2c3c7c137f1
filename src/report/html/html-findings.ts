import { rules } from '../../judge/rules/index.js';
import type { Finding, Report, Severity } from '../../model.js';
import { bySeverity } from '../pretty/finding-blocks.js';
import { xml } from '../text/escape.js';
import { everyFact } from '../view/evidence.js';
import { count } from '../view/fold.js';
import type { Status } from '../view/participant-status.js';
import { stepsOf } from '../view/remedy.js';
import { coded } from './html-template.js';

const inFull = 200;

const statuses: Readonly<Record<Severity, Status>> = {
  critical: 'bad',
  error: 'bad',
  warning: 'unknown',
  info: 'ok',
};

function remedy(finding: Finding): string[] {
  return stepsOf(finding).map((step) =>
    'command' in step ? `<pre>${xml(step.command, 4000)}</pre>` : `<p>${xml(step.text)}</p>`,
  );
}

function evidence(finding: Finding): string[] {
  const facts = everyFact(finding);
  if (facts.length === 0) return [];
  return [
    '<details>',
    '<summary>Evidence</summary>',
    '<dl>',
    ...facts.map(({ name, text }) => `<dt>${xml(name)}</dt><dd>${coded(text, 800)}</dd>`),
    '</dl>',
    '</details>',
  ];
}

/** What the rule says in general: the cause in a sentence. */
function cause(code: string): string[] {
  const title = rules.find((rule) => rule.code === code)?.title;
  return title === undefined ? [] : [`<p class="faint">${xml(title)}.</p>`];
}

function article(finding: Finding): string[] {
  const { severity, code, message } = finding;
  return [
    `<article class="finding ${statuses[severity]}">`,
    `<h3><span class="word">${severity}</span> ${coded(code, 60)}</h3>`,
    ...cause(code),
    `<p>${xml(message)}</p>`,
    ...remedy(finding),
    ...evidence(finding),
    '</article>',
  ];
}

/** Each finding with its cause, what to do and what shows it, worst first. */
export function findingSection(report: Report): string[] {
  if (report.findings.length === 0) return [];
  const sorted = bySeverity(report.findings);
  const rest = sorted.length - inFull;
  return [
    '<section aria-labelledby="findings">',
    '<h2 id="findings">Findings</h2>',
    ...sorted.slice(0, inFull).flatMap(article),
    ...(rest > 0 ? [`<p>and ${count(rest)} more.</p>`] : []),
    '</section>',
  ];
}
