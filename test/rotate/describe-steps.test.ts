import { describe, expect, it } from 'vitest';
import { describeSteps } from '../../src/rotate/describe-steps.js';
import type { Step } from '../../src/rotate/steps.js';
import { parseRecord } from '../../src/rotation/rotation-record.js';
import { recordIn } from './support/uses.js';

describe('a dry run', () => {
  const before = new Map([
    ['blue', 3],
    ['current', 7],
    ['next', 8],
  ]);
  const record = recordIn('promoted');
  const aliases = new Map([
    ['blue', 3],
    ['current', 8],
    ['previous', 7],
  ]);
  const steps: Step[] = [
    { do: 'update', why: 'intent', record: recordIn('idle'), aliases: before },
    { do: 'add-version', expected: 8, bytes: 32 },
    { do: 'update', why: 'state', record, aliases },
    {
      do: 'run',
      task: 'hook:promoted:0',
      argv: ['deploy', "it's all", 'a-value', ''],
      timeoutMs: 1,
      env: { A: '1', B: '2' },
    },
    { do: 'update', why: 'progress', record, aliases },
    { do: 'disable-version', version: 9, why: 'surplus' },
    { do: 'disable-version', version: 7, why: 'retired' },
  ];

  const label = (text: string): string => (text === 'a-value' ? '[hidden]' : text);

  it('shows every step, and exactly what it writes or runs', () => {
    const shown = describeSteps(steps, before, label).map(({ title, details }) => [
      title,
      ...details.map((line) => line.replace(/\{.*\}/, '{…}')),
    ]);
    expect(shown).toEqual([
      ['Note that a version is about to be added', 'annotation jwtcheck-rotation: {…}'],
      ['Add version 8', '32 random bytes as 64 hexadecimal characters'],
      [
        'Enter the state promoted',
        'alias current: version 7 to version 8',
        'alias next: version 8 to none',
        'alias previous: none to version 7',
        'annotation jwtcheck-rotation: {…}',
      ],
      ['Run hook:promoted:0', `deploy 'it'\\''s all' '[hidden]' ""`, 'A=1 B=2'],
      ['Note the progress', 'annotation jwtcheck-rotation: {…}'],
      ['Disable version 9', 'an interrupted run added it; no service uses it'],
      ['Disable version 7', 'it is not destroyed, and can be enabled again'],
    ]);
  });

  it('shows the annotation as it is written', () => {
    const [, , state] = describeSteps(steps, before, label);
    const written = state?.details.at(-1)?.replace('annotation jwtcheck-rotation: ', '') ?? '';
    expect(parseRecord(written)).toEqual({ ok: true, record });
  });
});
