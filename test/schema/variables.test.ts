import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolate } from '../../src/config/expand/interpolate.js';
import { hasVariables, piecesOf } from '../../src/schema/variables.js';
import { expectLinear } from '../support/growth.js';

/** Builds `${…}` without tripping over template strings. */
const v = (inside: string): string => `\${${inside}}`;

const put = (text: string, env: Record<string, string | undefined> = {}) => interpolate({ text }, env, 'all');

describe('variables in a text', () => {
  it.each([
    ['a value', v('A'), 'x'],
    ['amid text', `Bearer ${v('A')}!`, 'Bearer x!'],
    ['twice', `${v('A')}${v('A')}`, 'xx'],
    ['an empty value', `[${v('EMPTY')}]`, '[]'],
    ['a default where unset', v('NO:-d'), 'd'],
    ['a default where empty', v('EMPTY:-d'), 'd'],
    ['no default where set', v('A:-d'), 'x'],
    ['an empty default', `[${v('NO:-')}]`, '[]'],
    ['a default with :- and braces', v('NO:-a:-{"b":{}}'), 'a:-{"b":{}}'],
    ['a default with a token place', v('NO:-https://h/?t={{token}}'), 'https://h/?t={{token}}'],
    ['an escape', `$${v('A')}`, v('A')],
    ['a dollar before a value', `$$${v('A')}`, '$x'],
    ['two escaped dollars', `$$$${v('A')}`, `$${v('A')}`],
    ['dollars elsewhere', 'a$b$$c$', 'a$b$$c$'],
    ['a token place', '{{token}}', '{{token}}'],
  ])('%s', (_, text, expected) => {
    const { value, problems } = put(text, { A: 'x', EMPTY: '' });
    expect(problems).toEqual([]);
    expect(value).toEqual({ text: expected });
  });

  it.each([
    ['not closed', `\${A`],
    ['no name', v('')],
    ['a digit first', v('1A')],
    ['another operator', v('A:?x')],
    ['no colon', v('A-x')],
    ['a variable in a default', v(`A:-${v('B')}`)],
  ])('says so: %s', (_, text) => {
    const { value, problems } = put(text, { A: 'x', B: 'y' });
    expect(value).toEqual({ text });
    expect(problems).toEqual([
      { path: ['text'], message: expect.stringContaining(`for a literal \${ write $\${`) },
    ]);
  });

  it('names each variable that is not set once for each text', () => {
    const tree = { a: `${v('NO')}${v('NO')}${v('NEITHER')}`, b: [v('NO')] };
    const { problems } = interpolate(tree, {}, 'all');
    expect(problems.map((p) => [p.path.join('.'), /`(\w+)`/.exec(p.message)?.[1]])).toEqual([
      ['a', 'NO'],
      ['a', 'NEITHER'],
      ['b.0', 'NO'],
    ]);
  });

  it('does not take inherited names for variables', () => {
    expect(put(v('constructor')).problems).toHaveLength(1);
    expect(put(v('__proto__')).problems).toHaveLength(1);
  });

  it('leaves keys alone', () => {
    expect(interpolate({ [v('A')]: 1 }, { A: 'x' }, 'all').value).toEqual({ [v('A')]: 1 });
  });

  it('needs the variables of the used environments only', () => {
    const tree = { environments: { one: { x: v('ONE') }, two: { x: v('TWO') } } };
    const only = interpolate(tree, { ONE: '1' }, ['one']);
    expect(only.problems).toEqual([]);
    expect(only.value).toEqual({ environments: { one: { x: '1' }, two: { x: v('TWO') } } });
    expect(only.isUnresolved(['environments', 'two', 'x'])).toBe(true);
    expect(only.isExpanded(['environments', 'one', 'x'])).toBe(true);
    expect(interpolate(tree, { ONE: '1' }, 'all').problems).toHaveLength(1);
    expect(interpolate({ x: v('TOP') }, {}, []).problems).toHaveLength(1);
  });

  it('keeps every piece as a secret, and the template of every text', () => {
    const { secrets, templates } = put(`${v('A')}-${v('NO:-fallen')}`, { A: 'risen' });
    expect(secrets.map((s) => s.reveal().toString())).toEqual(['risen', 'fallen']);
    expect(templates.get('risen-fallen')).toBe(`${v('A')}-${v('NO:-fallen')}`);
  });

  it('knows a text with variables', () => {
    expect([v('A'), `$${v('A')}`, 'x', '${'].map(hasVariables)).toEqual([true, false, false, true]);
  });
});

describe('any text', () => {
  it(`is unchanged without \${`, () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'A', ':', '-', 'é') }), (text) => {
        fc.pre(!text.includes(`\${`));
        expect(put(text).value).toEqual({ text });
      }),
    );
  });

  it('is made of its pieces', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', `\${`, 'A', ':-') }), (text) => {
        expect(
          piecesOf(text)
            .map((piece) => piece.raw)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it('is expanded once, not again', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, value) => {
        fc.pre(!before.includes('$'));
        const inner = `${value}${v('B')}$${v('B')}`;
        expect(put(`${before}${v('A')}`, { A: inner, B: 'never' }).value).toEqual({
          text: `${before}${inner}`,
        });
      }),
    );
  });

  it('can be escaped', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', 'A', ':-', `\${`, ' ') }), (text) => {
        expect(put(text.replaceAll(`\${`, () => `$\${`)).value).toEqual({ text });
      }),
    );
  });

  it.each(['$', `\${`, `\${A`, `\${A:-{`, `$$\${`])(
    'takes time in proportion to the text: %s again and again',
    (text) => {
      const repeated = (size: number) => text.repeat(size / text.length);
      expect(put(repeated(200_000)).problems.length).toBeLessThan(2);
      expectLinear(100_000, repeated, put);
    },
  );
});
