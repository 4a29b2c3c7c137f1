import { rules } from '../../judge/rules/index.js';
import type { Finding } from '../../model.js';
import { count } from '../text/format.js';
import { type Html, html, lines, text } from '../text/html-template.js';
import { everyFact } from '../view/evidence.js';
import { stepsOf } from '../view/remedy.js';
import { severityStatus } from '../view/status.js';
import { code, section } from './html-elements.js';

/** More findings than this are only counted. */
const inFull = 200;

const titles: ReadonlyMap<string, string> = new Map(rules.map((rule) => [rule.code, rule.title]));

function remedy(finding: Finding): Html[] {
  return stepsOf(finding).map((step) =>
    'command' in step ? html`<pre>${text(step.command, 4000)}</pre>` : html`<p>${step.text}</p>`,
  );
}

function evidence(finding: Finding): Html | null {
  const facts = everyFact(finding);
  if (facts.length === 0) return null;
  return lines(
    html`<details>`,
    html`<summary>Evidence</summary>`,
    html`<dl>`,
    ...facts.map((fact) => html`<dt>${fact.name}</dt><dd>${code(fact.text, 800)}</dd>`),
    html`</dl>`,
    html`</details>`,
  );
}

function article(finding: Finding): Html {
  const { severity, message } = finding;
  const title = titles.get(finding.code);
  return lines(
    html`<article class="finding ${severityStatus[severity]}">`,
    html`<h3><span class="word">${severity}</span> ${code(finding.code, 60)}</h3>`,
    title === undefined ? null : html`<p class="faint">${title}.</p>`,
    html`<p>${message}</p>`,
    ...remedy(finding),
    evidence(finding),
    html`</article>`,
  );
}

/** Each finding with its cause, its remedy and its evidence, the worst first. */
export function findingSection(findings: readonly Finding[]): Html | null {
  if (findings.length === 0) return null;
  const rest = findings.length - inFull;
  return section(
    'findings',
    'Findings',
    ...findings.slice(0, inFull).map(article),
    rest > 0 ? html`<p>and ${count(rest)} more.</p>` : null,
  );
}
