import { describe, expect, it } from 'vitest';
import { aReport } from '../support/reports.js';
import { mustBeConfirmed, mustNotBlame } from './support/check-oracles.js';
import { runCommand } from './support/command.js';
import {
  mustBeAnnotations,
  mustBeHarmless,
  mustBeJsonLines,
  mustBeMarkup,
  mustBeTap,
  mustCommandNothing,
  mustHoldNoSecret,
  SeenLines,
} from './support/oracles.js';

/** Each of these would find what it is there for. */

const secret = 'k9Q7vU2zjR4xTm8W';

describe('what must hold is missed where it does not', () => {
  it.each<[string, () => unknown]>([
    ['a secret', () => mustHoldNoSecret({ out: `no: ${secret.slice(2, 10)}` }, [secret])],
    [
      'a secret in base64',
      () => mustHoldNoSecret({ out: Buffer.from(`a:${secret}`).toString('base64') }, [secret]),
    ],
    ['a secret in percent signs', () => mustHoldNoSecret({ out: '%6B%39%51%37%76%55%32%7A' }, [secret])],
    ['ESC', () => mustBeHarmless('out', 'a\u001b[2J')],
    ['CR', () => mustBeHarmless('out', 'a\rb')],
    ['C1', () => mustBeHarmless('out', 'a\u009b2J')],
    ['a bidi override', () => mustBeHarmless('out', 'a\u202eb')],
    ['a command', () => mustCommandNothing('out', 'a\n  ::set-env name=x::y')],
    ['an older command', () => mustCommandNothing('out', 'a ##[group]y')],
    ['a command among annotations', () => mustBeAnnotations('out', '::error::a\n::add-mask::b\n', 5)],
    ['an annotation too many', () => mustBeAnnotations('out', '::error::a\n::error::b\n::error::c\n', 1)],
    ['a test that TAP does not plan', () => mustBeTap('out', 'TAP version 14\n1..1\nok 1 - a\nok 2 - b\n')],
    ['an end of TAP', () => mustBeTap('out', 'TAP version 14\n1..1\nBail out!\nok 1 - a\n')],
    ['no JSON', () => mustBeJsonLines('out', '{}\n{\n')],
    ['an element', () => mustBeMarkup('out', '<p><script>')],
    [
      'a reference that was not read',
      () => {
        const reference = { participant: 'store', fingerprint: null, version: null };
        return mustBeConfirmed(aReport({ verdict: 'consistent', reference }));
      },
    ],
    [
      'blame',
      () => {
        const finding = {
          code: 'fingerprint-mismatch',
          severity: 'error',
          message: '',
          evidence: {},
          remedy: '',
          steps: [],
        } as const;
        return mustNotBlame(aReport({ findings: [{ ...finding, participants: ['honest'] }] }), 'honest');
      },
    ],
  ])('%s', (_, check) => {
    expect(check).toThrow(expect.objectContaining({ name: 'Violation' }));
  });

  it('an exit code and what was printed come back', async () => {
    const ran = await runCommand({ args: ['config', 'validate', '-c', 'a.json'], files: { 'a.json': '{' } });
    expect(ran).toMatchObject({ code: 2, stdout: '', files: {} });
    expect(ran.stderr).toContain('a.json');
  });

  it('nothing, in lines that were there before', () => {
    const seen = new SeenLines();
    mustHoldNoSecret({ out: 'a line\nanother' }, [secret], seen);
    expect(seen.newIn('a line\nnew\nanother')).toBe('new');
  });
});
