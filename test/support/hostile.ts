import type { Report } from '../../src/model.js';
import { aFinding, anAttempt, aParticipant, aReport, groupsOf } from './reports.js';

/** Names and answers that could break out of an output format. */
export const hostileTexts: readonly string[] = [
  '\u0000\u0007\u001b[31mred\u001b[0m\u009b2J',
  '::error::pwned',
  '  ::error file=a.js,line=1,title=x::pwned',
  'a\n::error::pwned\r\n::set-env name=PATH::x\r::warning::x',
  'a%0A::error::pwned%0D%0A%3A%2C%25',
  '\u2028::error::x\u0085::error::y',
  '::stop-commands::x',
  '##[error]x ##vso[task.complete result=Failed]',
  ']]>',
  '<![CDATA[x]]><!-- x --><?xml version="1.0"?>',
  '<script>alert(1)</script>',
  '</style></title></pre></code></td></table><img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)" \'x=\'',
  '&amp;&#60;&lt;&nbsp;&notanentity;',
  '|',
  'a\\|b | c \\',
  '`',
  '```',
  '`` ` ```` <b>',
  '~~~',
  '@octocat and team@example.org',
  '#1 GH-1 octo/repo#2 !3 $4 %5 ~6 &7',
  ':tada: :+1:',
  '[x](https://evil.example) ![y](https://evil.example/y.png)',
  'https://evil.example www.evil.example <https://evil.example>',
  '*a* _b_ __c__ ~~d~~ $x$ ^e^',
  '# x',
  '- x',
  '1. x',
  '===',
  '---',
  '...',
  '# SKIP x',
  'x # TODO y',
  '\\# TODO \\\\# SKIP',
  'Bail out! x',
  'ok 1 - x\nok 2',
  '"quoted": [1, {a: b}]',
  '{0} {1} [x](0) \\[',
  '\u202eevil\u2066\u200b\ufeff',
  '\ud800 lone \udfff',
  '\ufffe\uffff',
  'x'.repeat(5000),
];

/** A report with one text in every place that takes external text; its shape does not depend on the text. */
export function reportHolding(text: string): Report {
  const line = text.replace(/[\r\n]/g, ' ');
  const participants = [
    aParticipant('secret_manager', { role: 'reference', version: text, provenance: text }),
    aParticipant(text, {
      fingerprint: '9b1c0f2e',
      agrees: false,
      version: text,
      provenance: text,
      instances: [
        { instance: text, fingerprint: '9b1c0f2e', samples: 1 },
        { instance: `other ${text}`, fingerprint: '200718bd', samples: 1 },
      ],
    }),
    aParticipant(`away ${text}`, {
      reachable: false,
      fingerprint: null,
      agrees: null,
      required: false,
      error: { code: 'timeout', message: text },
    }),
    aParticipant(`unread ${text}`, {
      reachable: false,
      fingerprint: null,
      agrees: null,
      error: { code: 'dns', message: text },
    }),
  ];
  return aReport({
    environment: text,
    verdict: 'inconsistent',
    participants,
    groups: groupsOf(participants, 'secret_manager'),
    attempts: [
      anAttempt(text, 'genuine', {
        probe: text,
        tokenType: text,
        result: 'rejected',
        status: 401,
        detail: text,
      }),
      anAttempt(text, 'forged', { probe: text, result: 'accepted', detail: text }),
      anAttempt(text, 'genuine', { probe: text, minter: text, result: 'inconclusive', detail: text }),
      anAttempt(text, 'expired', { probe: text, result: 'inconclusive', status: null, detail: text }),
    ],
    findings: [
      aFinding('fingerprint-mismatch', {
        severity: 'critical',
        participants: [text],
        message: `About ${text}`,
        evidence: { fingerprint: '9b1c0f2e', answers: [`an answer: ${text}`], [`key ${text}`]: 3 },
        steps: [{ text: `Do this: ${line}` }, { command: `run ${line}` }, { text: 'Then that.' }],
      }),
      aFinding(text, { participants: [], message: text, evidence: {}, steps: [{ text: `At last ${line}` }] }),
      aFinding('participant-unreachable', {
        severity: 'warning',
        participants: [`unread ${text}`],
        steps: [{ text: 'Wait.' }],
      }),
    ],
    impact: { currency: text, mrrAtRisk: 5, participants: [{ name: text, mrr: 5, note: text }] },
  });
}
