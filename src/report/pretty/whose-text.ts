import type { ComparedClaim, TokenFacts, TokenVerdict } from '../../judge/token-verdict.js';
import { roughDuration } from '../../schema/duration.js';
import type { Style } from '../reporter.js';
import { formatNumericDate } from '../text/format.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { themeOf } from '../text/theme.js';
import { wrapWithIndent } from '../text/wrap.js';
import { type Status, symbols } from '../view/status.js';
import { emulatorNote } from '../view/summary.js';

const statuses = {
  valid: 'ok',
  invalid: 'bad',
  unknown: 'unknown',
} as const satisfies Record<TokenVerdict['verdict'], Status>;

const textColumns = 300;

/** The answer of `jwtcheck whose` for people: the verdict, then the facts. */
export function whosePretty(
  facts: TokenFacts,
  found: TokenVerdict,
  emulators: readonly string[],
  style: Style,
): string {
  const { verdict, problems } = found;
  const status = statuses[verdict];
  const theme = themeOf(style.color);
  const sign = `${symbols[status]} ${verdict.toUpperCase()}`;
  const [first, ...more] = wrapWithIndent(`${sign}  `, headline(facts, found), style.columns);
  const lines = [
    `${theme.status[status](sign)}${theme.strong((first ?? sign).slice(sign.length))}`,
    ...more.map((line) => theme.strong(line)),
  ];
  const note = emulatorNote({ emulators });
  if (note !== null) lines.push(...wrapWithIndent('  ', note, style.columns).map(theme.faint));
  if (!style.quiet) {
    const width = Math.max(...rows(facts).map(([name]) => name.length)) + 2;
    lines.push(
      '',
      ...rows(facts).flatMap(([name, text]) =>
        wrapWithIndent(`  ${name.padEnd(width)}`, sanitizeAndTruncate(text, textColumns), style.columns),
      ),
      ...problems
        .slice(1)
        .flatMap((problem, index) =>
          wrapWithIndent(
            `  ${(index === 0 ? 'also' : '').padEnd(width)}`,
            sanitizeAndTruncate(problem, textColumns),
            style.columns,
          ),
        ),
      ...nextSteps(facts, found).flatMap((step, index) =>
        wrapWithIndent(
          `  ${(index === 0 ? 'more' : '').padEnd(width)}`,
          sanitizeAndTruncate(step, textColumns),
          style.columns,
        ),
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

function headline(
  { signer, reference, expiresAt, now }: TokenFacts,
  { verdict, problems }: TokenVerdict,
): string {
  const [worst = ''] = problems;
  if (verdict !== 'valid') return sanitizeAndTruncate(worst, textColumns);
  const left =
    expiresAt === null ? 'it never expires' : `it is valid for another ${roughDuration(expiresAt - now)}`;
  const which = reference === null ? 'the only secret at hand' : 'the reference';
  return sanitizeAndTruncate(`signed with ${signer?.text}, ${which}; ${left}`, textColumns);
}

function rows(facts: TokenFacts): [string, string][] {
  const { signer, header, claims, unread, notAsked } = facts;
  const parts = [
    header.alg,
    header.typ === null ? null : `typ ${header.typ}`,
    header.kid === null ? null : `kid ${header.kid}`,
  ];
  return [
    [
      'signed with',
      signer === null ? 'no key that jwtcheck knows' : `${signer.text} (${signer.fingerprint})`,
    ],
    ['header', parts.filter((part) => part !== null).join(', ') || 'not readable'],
    ...time('issued', facts.issuedAt, facts.now),
    ...time('not before', facts.notBefore, facts.now),
    ...time('expires', facts.expiresAt, facts.now),
    ...claim('issuer', facts.issuer),
    ...claim('audience', facts.audience),
    ...(claims.length === 0 ? [] : ([['claims', claims.join(', ')]] as [string, string][])),
    ...unread.map(({ participant, message }): [string, string] => ['not read', `${participant}: ${message}`]),
    ...(signer === null && notAsked.length > 0
      ? ([['not asked', `${notAsked.join(', ')}: their secrets are not at hand`]] as [string, string][])
      : []),
  ];
}

function time(name: string, seconds: number | null, now: number): [string, string][] {
  if (seconds === null) return [];
  const at =
    formatNumericDate(seconds)
      ?.replace('T', ' ')
      .replace(/\.\d+Z$/, 'Z') ?? 'beyond all calendars';
  const relative =
    seconds <= now ? `${roughDuration(now - seconds)} ago` : `in ${roughDuration(seconds - now)}`;
  return [[name, `${at} (${relative})`]];
}

function claim(name: string, { comparison, configured }: ComparedClaim): [string, string][] {
  const names = configured.join(' or ');
  switch (comparison) {
    case 'unset':
      return [];
    case 'same':
      return [[name, `${names}, as configured`]];
    case 'different':
      return [[name, `another one than the configured ${names}`]];
    case 'absent':
      return [[name, `none; ${names} is configured`]];
  }
}

function nextSteps({ signer, unread }: TokenFacts, { verdict }: TokenVerdict): string[] {
  if (signer?.code != null && signer.isReference !== true) return [`jwtcheck explain ${signer.code}`];
  if (verdict === 'unknown' && unread.length > 0) return ['Read the missing secrets, then ask again.'];
  return [];
}
