import { type FormatName, formatNames } from '../../src/report/format-names.js';
import { reporters } from '../../src/report/index.js';
import type { Origin } from '../../src/report/reporter.js';
import { viewOf } from '../../src/report/view/view.js';
import {
  aFinding,
  anAttempt,
  aParticipant,
  aReport,
  goodAttempts,
  groupsOf,
  secretManager,
  stepsIn,
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
      steps: [
        { text: 'Write it there with printf %s, not echo:' },
        { command: 'kubectl rollout restart deployment/backend-service' },
      ],
    }),
    aFinding('participant-unreachable', {
      severity: 'warning',
      participants: ['mail_service'],
      message: 'mail_service could not be read: no answer within 5 s.',
      steps: stepsIn('See whether it is up, then check again.'),
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
    for: 'For people, in a terminal or a log. `-v` shows all lists in full. `-q` shows only the verdict and the problems. Color and width follow the terminal; files have no color.',
    shown: 'text',
  },
  json: {
    for: 'For scripts and dashboards: one document with all data. Later versions only add members. The `remedy` of a finding is text; `steps` has the same as a list of `{ "text" }` and `{ "command" }`. While a [rotation](rotation.md#check-and-watch-during-a-rotation) is open, `rotation` has its `id`, `mode`, `state`, `from`, `to`, `openedAt` and `since`, and for each participant the versions that it `signs` with, `accepts` and `rejects`, and what it `lacks`; `lastRotation` tells how the last one ended.',
    shown: 'json',
    lines: 12,
  },
  junit: {
    for: 'For the test reports of Jenkins, GitLab, CircleCI and others. There is a suite for the verdict and one for each participant. A participant has a case for its fingerprint and one for each kind of token at each probe. A difference is a failure. An inconclusive result is an error, or skipped if it was not required. The case `verdict` fails whenever the exit code is not 0. The output is valid against the schema that Jenkins uses.',
    shown: 'xml',
    from: /name="backend_service"/,
    lines: 22,
  },
  sarif: {
    for: "For code scanning: SARIF 2.1.0 with every rule and its help. A finding is a result at the participants' lines of the configuration. Its partial fingerprint is the same in every check. A read error is a notification of the invocation. The invocation is unsuccessful if the verdict is inconclusive.",
    shown: 'json',
    // After the place among the rules, which is another with every new rule.
    from: /"message": \{\s+"text": "backend/,
    lines: 30,
  },
  github: {
    for: "For a GitHub workflow: the `pretty` report, then at most ten annotations at the participants' lines of the configuration, the worst first. If `GITHUB_STEP_SUMMARY` is set, the Markdown report is appended to the job summary, within GitHub's limit of 1 MiB.",
    shown: 'text',
    from: /^::/m,
  },
  markdown: { for: 'For a summary, an issue or a chat: GitHub Flavored Markdown.', shown: 'markdown' },
  html: {
    for: 'For sharing after an incident: one file without scripts or external content, in light and dark mode, and printable. It has the findings with cause and fix, the fingerprint of each participant, the matrix of minters and verifiers, and every attempt with its answer and time.',
    shown: 'html',
    from: /<article/,
    lines: 8,
  },
  tap: {
    for: 'For TAP consumers: TAP 14, with the checks of `junit` and a YAML diagnostic for each check that did not pass. An inconclusive result is `not ok` with `result: inconclusive`, or skipped if it was not required. It is never `ok` or a TODO, because consumers count a TODO as passed.',
    shown: 'tap',
  },
};

/** So many lines of what a reporter writes, from where it gets interesting. */
function excerpt(format: FormatName): string {
  const text = reporters[format](viewOf(example), plainStyle, origin);
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

\`--format NAME[:PATH]\` selects a format. Repeat it for several formats. Without a path, the format goes to standard output; at most
one can. Folders are created, and files are written atomically:

\`\`\`sh
jwtcheck -f pretty -f junit:out/junit.xml -f json:out/report.json
\`\`\`

From code, \`render(report, 'markdown')\` returns the same text. The exit code does not depend on the format.

While a rotation is open, every format except \`json\` has one line for it, such as
\`Rotation 7 → 8: promoted since 12 min; backend_service does not accept version 8 yet\`.

External names, answers and messages are escaped for each format. Control characters and bidirectional overrides are printed
as escape sequences such as \`\\u202e\`. No name can become a tag, a table cell, a link, a mention, a directive or a workflow command. Formats for people
(\`pretty\`, \`github\`, \`markdown\`, \`html\`) fold long lists; the others are complete.

The excerpts below show one small report.`;

const observations = `## observations

What a check saw, before it is judged: one line of JSON for \`jwtcheck judge\`. It is written by \`jwtcheck check\` only.

\`\`\`sh
jwtcheck check -e staging --reach eu-private -f observations:part-eu.json
jwtcheck judge part-eu.json part-us.json -f pretty -f junit:out/junit.xml
\`\`\`

A verdict is about all participants together, so that verdicts of parts cannot be merged; observations can. \`jwtcheck judge\` takes
files, folders (their \`*.json\`) and \`-\` for standard input. Its report is that of one check that saw everything. It asks no service.

**Content.** A part has fingerprints, results and answers of probes and follow-ups, and the list of all participants, so that a
missing part is noticed. It contains no secret, no token and no inserted variable. Fingerprints of candidates are left out unless a
participant shows them. Members are only added within a \`schemaVersion\`; \`protocol\` changes when other things are observed.

**Secrets.** Each part reads the reference and, in its network, every participant that yields a secret or issues tokens, even if
another part observes it. Only so can a part recognize a changed copy of a secret that belongs to another part. If a part cannot read a
secret, the cause of a difference may stay unknown: the finding is then \`fingerprint-mismatch\`.

**Proofs.** A run that cannot read the reference's secret still challenges services. Its part has the nonces, and SHA-256 of the
answered proofs. \`jwtcheck judge --config PATH\` reads the secrets of the configuration, verifies these proofs, and looks for causes
again. Without it, a participant with \`"require": "proof"\` is inconclusive.

| if a part | then |
|---|---|
| is missing | its participants are unread, and the verdict is inconclusive |
| is there twice | the run that started last is used; the other file is named |
| was cut off while it was written | exit code 2, with the file |
| is of another environment or configuration, was run with other flags, or is of another version | exit code 2, with the file |
| read another secret as reference than another part | the reference is unread, and the verdict is inconclusive |
| was observed in an earlier state of a [rotation](rotation.md) than another | its participants are unread, and the verdict is inconclusive |
| was observed more than 15 minutes before another | a note on standard error |

A part is trusted like the configuration: anyone who can change it can change the report. Commands in it that jwtcheck would not write
are removed.`;

/** docs/formats.md. */
export function formatsPage(): string {
  return `${[head, ...formatNames.map(section), observations].join('\n\n')}\n`;
}
