import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editedEntry } from '../../src/fix/dotenv-edit.js';
import { entryOf, rawEntryOf } from '../../src/observe/sources/dotenv.js';
import { Secret } from '../../src/secret/secret.js';
import { anyCharacter, runs } from '../support/random.js';

const edit = (content: string | Buffer, secret: string | Buffer, raw = false) =>
  editedEntry(Buffer.from(content), { key: 'KEY', raw }, new Secret(secret));

const text = (edited: ReturnType<typeof edit>): string =>
  edited.ok ? edited.content.toString() : `problem: ${edited.problem}`;

describe('an entry of a dotenv file', () => {
  it.each([
    ['KEY=old\n', 'new', 'KEY=new\n'],
    ['A=1\nexport KEY = "old # no" # why\nB=2', 'new', 'A=1\nexport KEY = new # why\nB=2'],
    ["KEY='a\nb'\r\nB=2\r\n", 'x y#z"', "KEY='x y#z\"'\r\nB=2\r\n"],
    ['KEY=\n', 'ab+/=', 'KEY=ab+/=\n'],
    ['KEY="no end\n', 'new', 'KEY=new\n'],
    ['\ufeffKEY=old', 'new', '\ufeffKEY=new'],
    ['OTHER_KEY=1\nKEY=old\nKEYS=3\n', 'é', "OTHER_KEY=1\nKEY='é'\nKEYS=3\n"],
  ])('%j with %j is %j', (content, secret, wanted) => {
    expect(text(edit(content, secret))).toBe(wanted);
  });

  it('with raw bytes keeps them as they are', () => {
    expect(text(edit('KEY="old" \nB=1', 'a "b" $c', true))).toBe('KEY=a "b" $c\nB=1');
  });

  it.each([
    ['', 'new'],
    ['KEY=a\nKEY=b\n', 'new'],
    ['KEY=a\nexport KEY=b\n', 'new'],
    ['OTHER="\nKEY=a\n"\nKEY=b\n', 'new'],
    ['KEY=a\n', "it's"],
    ['KEY=a\n', 'a$b'],
    ['KEY=a\n', 'a\\nb'],
    ['KEY=a\n', 'a\nb'],
    ['KEY=a\n', ''],
    ['KEY=a\n', Buffer.from([0xff, 0xfe])],
  ])('%j is not rewritten with %j', (content, secret) => {
    expect(edit(content, secret).ok).toBe(false);
  });

  it('is read as exactly the secret, and nothing else changes, whatever the file', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'KEY=old',
        'export KEY="a # b" # c',
        "KEY='x\ny'",
        'B=1',
        '# KEY=no',
        '',
        'KEY',
        'A="1\n2"',
      ),
      fc.string({ maxLength: 12 }),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.constantFrom('\n', '\r\n'),
        fc.string({ minLength: 1, maxLength: 20, unit: anyCharacter }),
        fc.boolean(),
        (lines, ending, secret, raw) => {
          const content = Buffer.from(lines.join(ending));
          const edited = edit(content, secret, raw);
          if (!edited.ok) return;
          const read = raw ? rawEntryOf : entryOf;
          expect(read(edited.content, 'KEY')?.toString()).toBe(secret);
          for (const key of ['A', 'B']) expect(read(edited.content, key)).toEqual(read(content, key));
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});
