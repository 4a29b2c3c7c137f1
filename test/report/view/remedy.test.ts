import { describe, expect, it } from 'vitest';
import { remedyParts } from '../../../src/report/view/remedy.js';

describe('remedyParts', () => {
  it('takes indented lines as commands', () => {
    expect(remedyParts('Do this:\n  openssl rand -base64 48\n\nThen restart.')).toEqual([
      { kind: 'prose', text: 'Do this:' },
      { kind: 'command', text: 'openssl rand -base64 48' },
      { kind: 'prose', text: 'Then restart.' },
    ]);
  });

  it('takes a whole command out of its sentence', () => {
    expect(remedyParts('Run `gcloud auth application-default login`, then check again.')).toEqual([
      { kind: 'prose', text: 'Run:' },
      { kind: 'command', text: 'gcloud auth application-default login' },
      { kind: 'prose', text: 'then check again.' },
    ]);
  });

  it.each(['Raise `timeout`.', 'Raise `ulimit -n`.', 'Send `Authorization: Bearer x`.', '`a b c'])(
    'leaves %j as a sentence',
    (text) => {
      expect(remedyParts(text)).toEqual([{ kind: 'prose', text }]);
    },
  );
});
