import { reporters } from '../../src/report/index.js';
import { type FormatName, formatNames } from '../../src/report/names.js';
import type { Origin } from '../../src/report/report.js';
import {
  aFinding,
  anAttempt,
  aParticipant,
  aReport,
  goodAttempts,
  groupsOf,
  secretManager,
} from '../support/reports.js';
import { plainStyle } from '../support/style.js';

const backend = aParticipant('backend_service', { fingerprint: '9b1c0f2e', agrees: false });
const away = aParticipant('mail_service', {
  reachable: false,
  fingerprint: null,
  agrees: null,
  latencyMs: null,
  error: { code: 'timeout', message: 'no answer within 5 s' },
});
const participants = [secretManager, backend, away];

/** Small, with a difference and somebody who did not answer. */
const example = aReport({
  verdict: 'inconsistent',
  participants,
  groups: groupsOf(participants, 'secret_manager'),
  attempts: [
    ...goodAttempts('backend_service').slice(1, 2),
    anAttempt('backend_service', 'genuine', { result: 'rejected', status: 401, detail: '401 Unauthorized' }),
  ],
  findings: [
    aFinding('trailing-newline', {
      message: 'backend_service holds the secret of secret_manager with a newline at its end.',
      remedy:
        'Write it there with printf %s, not echo:\n  kubectl rollout restart deployment/backend-service',
    }),
    aFinding('participant-unreachable', {
      severity: 'warning',
      participants: ['mail_service'],
      message: 'mail_service could not be read: no answer within 5 s.',
      remedy: 'See whether it is up, then check again.',
    }),
  ],
});

const origin: Origin = {
  file: '.jwtcheckrc.json',
  lineOf: (name) => ({ backend_service: 14, mail_service: 22 })[name] ?? null,
};

/** What each is for; of long ones which lines are shown. */
const about: Readonly<Record<FormatName, { for: string; shown: string; from?: RegExp; lines?: number }>> = {
  pretty: {
    for: 'For people, in a terminal or a log. `-v` folds nothing, `-q` shows the verdict and what is wrong. Colour and width are those of the terminal; in a file there is no colour.',
    shown: 'text',
  },
  json: {
    for: 'For scripts and dashboards: one document with all that is known; later versions only add to it.',
    shown: 'json',
    lines: 12,
  },
  junit: {
    for: 'For the test reports of Jenkins, GitLab, CircleCI and others: a suite for the verdict and one for each participant, with a case for its fingerprint and one for each kind of token at each probe. A difference is a failure; what could not be told is an error; what did not have to be told is skipped. The case `verdict` fails whenever the exit code is not 0. Valid against the schema that Jenkins uses.',
    shown: 'xml',
    from: /name="backend_service"/,
    lines: 22,
  },
  sarif: {
    for: "For code scanning: SARIF 2.1.0 with every rule and its help. A finding is a result at the participants' lines of the configuration, with a partial fingerprint that stays the same from check to check. What could not be read is a notification of the invocation, which is without success where the verdict is inconclusive.",
    shown: 'json',
    // After the place among the rules, which is another with every new rule.
    from: /"message": \{\s+"text": "backend/,
    lines: 30,
  },
  github: {
    for: "For a GitHub workflow: the report for people, then at most ten annotations, the worst first, at the participants' lines of the configuration. Where `GITHUB_STEP_SUMMARY` is set, the Markdown report is appended to the job's summary, within GitHub's limit of 1 MiB.",
    shown: 'text',
    from: /^::/m,
  },
  markdown: { for: 'For a summary, an issue or a chat: GitHub Flavored Markdown.', shown: 'markdown' },
  html: {
    for: 'For sending around after an incident: one file without a script that loads nothing, light or dark, fit to be printed: the findings with cause and remedy, who holds which secret, the matrix of minters and verifiers, and every attempt with its answer and time.',
    shown: 'html',
    from: /<article/,
    lines: 8,
  },
  tap: {
    for: 'For TAP consumers: TAP 14, with the checks of `junit` and a YAML diagnostic for each that is not passed. What could not be told is `not ok` with `result: unclear`, never `ok` and never a TODO, for that counts as passed; what did not have to be told is skipped.',
    shown: 'tap',
  },
};

/** So many lines of what a reporter writes, from where it gets interesting. */
function excerpt(format: FormatName): string {
  const text = reporters[format](example, plainStyle, origin);
  const { from, lines = 60 } = about[format];
  const start = from === undefined ? 0 : text.lastIndexOf('\n', text.search(from)) + 1;
  const all = text.slice(start).trimEnd().split('\n');
  return [...all.slice(0, lines), ...(all.length > lines ? ['…'] : [])].join('\n');
}

function section(format: FormatName): string {
  const { for: words, shown } = about[format];
  return `## ${format}\n\n${words}\n\n\`\`\`\`${shown}\n${excerpt(format)}\n\`\`\`\``;
}

const head = `# Formats

\`--format NAME[:PATH]\`, any number of times; without a path it goes to standard output, at most one of them. Folders are made,
and a file is there whole or not at all:

\`\`\`sh
jwtcheck -f pretty -f junit:out/junit.xml -f json:out/report.json
\`\`\`

From code, \`render(report, 'markdown')\` gives the same text. The exit code does not depend on the format.

Names, answers and messages from outside are escaped for each format: control characters and bidirectional overrides are shown
as \`\\u202e\`, and nothing in a name becomes a tag, a table's cell, a link, a mention, a directive or a workflow command. Long
lists fold in the formats that people read (\`pretty\`, \`github\`, \`markdown\`, \`html\`); the others hold everything.

What follows are excerpts of one small report.`;

/** docs/formats.md. */
export function formatsPage(): string {
  return `${[head, ...formatNames.map(section)].join('\n\n')}\n`;
}
