import { describe, expect, it } from 'vitest';
import { linesOfSteps, remedyOf, withSentence } from '../../../src/judge/remedy-steps.js';
import { stepsOf } from '../../../src/report/view/remedy.js';

const steps = [{ text: 'Do this:' }, { command: 'openssl rand -base64 48' }, { text: 'Then restart.' }];

describe('stepsOf', () => {
  it('takes the steps as they are', () => {
    expect(stepsOf({ remedy: 'whatever', steps })).toBe(steps);
  });

  it('shows what an earlier version wrote line by line, and reads no command from it', () => {
    expect(stepsOf({ remedy: 'Do this:\n  openssl rand -base64 48\n\nThen restart.' })).toEqual([
      { text: 'Do this:' },
      { text: 'openssl rand -base64 48' },
      { text: 'Then restart.' },
    ]);
  });
});

describe('remedyOf', () => {
  it('gives each step a line, and indents commands', () => {
    expect(remedyOf(steps)).toBe('Do this:\n  openssl rand -base64 48\nThen restart.');
  });

  it('makes no command of a name that breaks a line', () => {
    expect(linesOfSteps([{ text: 'Restart a\n  rm -rf ~, then wait.' }])).toEqual([
      'Restart a rm -rf ~, then wait.',
    ]);
    expect(linesOfSteps([{ text: '  reboot' }])).toEqual(['reboot']);
  });
});

describe('withSentence', () => {
  it('puts a sentence before the first words, or alone before a command', () => {
    expect(withSentence('Hurry.', steps)[0]).toEqual({ text: 'Hurry. Do this:' });
    expect(withSentence('Hurry.', [{ command: 'x' }])).toEqual([{ text: 'Hurry.' }, { command: 'x' }]);
  });
});
