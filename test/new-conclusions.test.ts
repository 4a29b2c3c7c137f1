import { describe, expect, it, vi } from 'vitest';
import type { Rule } from '../src/judge/rule.js';
import type { Reporter } from '../src/report/reporter.js';
import type { TransformCode } from '../src/transforms/codes.js';
import type { Transform } from '../src/transforms/transform.js';

/** A code that is added from outside: the type knows only those that there are. */
// @ts-expect-error it is not in the union
const reversed: TransformCode = 'reversed-for-test';
// @ts-expect-error it is not in the union
const longNames: Rule['code'] = 'long-name-for-test';

/** A transform that implements only its interface. */
const reversal: Transform = {
  code: reversed,
  words: {
    title: 'The text was reversed',
    explanation: 'It was read from right to left.',
    example: 'A script for another writing direction.',
    proof: 'The fingerprint matches the reversed secret.',
    incidents: [],
    remedy: 'Read it from left to right.',
    phrase: 'from right to left',
    look: 'Look for a call of reverse.',
  },
  mirrored: true,
  *apply({ latin1 }) {
    yield { to: [...latin1].reverse().join(''), text: 'from right to left' };
  },
  *undo({ latin1 }) {
    yield { to: [...latin1].reverse().join(''), text: 'from left to right' };
  },
};

/** A rule that implements only its interface. */
const longName: Rule<{ length: number }> = {
  code: longNames,
  family: 'hygiene',
  severity: 'warning',
  title: 'A name is long',
  explanation: 'It is hard to read.',
  example: 'a_service_with_a_long_name',
  proof: 'It has more than 20 characters.',
  incidents: [],
  remedy: 'Choose a shorter name.',
  find: ({ participants }) =>
    participants
      .filter(({ name }) => name.length > 20)
      .map(({ name }) => ({ participants: [name], facts: { length: name.length } })),
  message: ({ participants, facts }) => `The name ${participants[0]} has ${facts.length} characters.`,
  fix: () => 'Rename it.',
};

/** A format that implements only its interface. */
const oneWord: Reporter = ({ overall }) => `${overall.word.toLowerCase()}\n`;

vi.mock('../src/transforms/codes.js', async (original) => {
  const codes = await original<typeof import('../src/transforms/codes.js')>();
  return { ...codes, transformCodes: [...codes.transformCodes, reversed] };
});
vi.mock(import('../src/transforms/index.js'), async (original) => {
  const { transformOf, transforms } = await original();
  return {
    transformOf: { ...transformOf, [reversed]: reversal },
    transforms: [...transforms.filter(Boolean), reversal],
  };
});
vi.mock(import('../src/finding-codes.js'), async (original) => {
  const codes = await original();
  return { ...codes, findingCodes: [...codes.findingCodes, longNames] };
});
vi.mock(import('../src/judge/rules/index.js'), async (original) => {
  const { rules, ...more } = await original();
  return { ...more, rules: [...rules, longName] };
});
vi.mock('../src/report/format-names.js', async (original) => {
  const names = await original<typeof import('../src/report/format-names.js')>();
  return { ...names, formatNames: [...names.formatNames, 'word'] };
});
vi.mock(import('../src/report/index.js'), async (original) => {
  const { reporters } = await original();
  return { reporters: { ...reporters, word: oneWord } };
});

const { check, render } = await import('../src/index.js');
const { rules } = await import('../src/judge/rules/index.js');
const { explain } = await import('../src/cli/commands/explain/run.js');
const { anIo } = await import('./support/outputs.js');

const secret = 'f3b1c8d2-9a7e-4b60-8f15-2c94d07ae6b3';
const config = {
  environments: {
    staging: {
      reference: 'store',
      participants: {
        store: { source: { kind: 'env' as const, names: ['STORE'] } },
        a_service_with_a_long_name: { source: { kind: 'env' as const, names: ['SERVICE'] } },
      },
    },
  },
};
const inspect = (held: string) =>
  check({ config, env: { STORE: secret, SERVICE: held }, failOn: 'critical' });
const codesOf = ({ findings }: Awaited<ReturnType<typeof inspect>>): string[] =>
  findings.map(({ code }) => code);

describe('a transform, a rule and a format that are added', () => {
  it('name a cause, also together with a transform that there was', async () => {
    const backwards = [...secret].reverse().join('');
    const report = await inspect(backwards);
    expect(codesOf(report)).toContain(reversed);
    expect(report.findings.find(({ code }) => code === reversed)?.message).toBe(
      'a_service_with_a_long_name holds the secret of store from right to left.',
    );
    expect(codesOf(await inspect(`${backwards}\n`))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(reversed-for-test|trailing-newline)$/)]),
    );
  });

  it('report what they find, beside the verdict', async () => {
    const report = await inspect(secret);
    expect(report).toMatchObject({ verdict: 'consistent' });
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        code: longNames,
        severity: 'warning',
        evidence: { length: 26 },
        remedy: 'Rename it.',
      }),
    );
  });

  it.each([reversed, longNames])('are explained: %s', async (code) => {
    const io = anIo();
    expect(await explain({ code, color: false, columns: 80 }, rules, io)).toBe(0);
    expect(io.stdout.text()).toContain(code);
  });

  it('write a report', async () => {
    // @ts-expect-error a format that is added from outside is not in the type
    expect(await render(await inspect(secret), 'word')).toBe('consistent\n');
  });
});
