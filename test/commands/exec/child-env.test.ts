import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withSecret, withTokens } from '../../../src/cli/commands/exec/child-env.js';
import { Secret } from '../../../src/secret/secret.js';
import { variableValue } from '../../../src/secret/variable.js';
import { anyCharacter } from '../../support/random.js';

const names = fc.uniqueArray(fc.constantFrom('A', 'B', 'C', 'D').map(String), { minLength: 1 });
const env = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D', 'PATH', '__proto__'), fc.string());

describe('the environment of a command', () => {
  it('has the secret in the first name alone, and everything else as it was', () => {
    fc.assert(
      fc.property(env, names, fc.string(), (inherited, all, value) => {
        const [first = '', ...others] = all;
        const child = withSecret(inherited, all, value);
        expect(child.env[first]).toBe(value);
        for (const name of others) expect(Object.hasOwn(child.env, name)).toBe(false);
        for (const [name, before] of Object.entries(inherited))
          if (!all.includes(name)) expect(child.env[name]).toBe(before);
        expect([...child.unset].sort()).toEqual(
          others.filter((name) => Object.hasOwn(inherited, name)).sort(),
        );
      }),
    );
  });

  it('has the secret nowhere beside tokens', () => {
    fc.assert(
      fc.property(env, names, fc.string({ minLength: 1 }), (inherited, all, value) => {
        const child = withTokens({ ...inherited, HELD: value }, new Set(all), new Secret(value), {
          TOKEN: 'a token',
        });
        expect(Object.values(child.env)).not.toContain(value);
        expect(child.env.TOKEN).toBe('a token');
        for (const name of all) expect(Object.hasOwn(child.env, name)).toBe(false);
      }),
    );
  });
});

describe('a secret as a variable', () => {
  it('is exactly its bytes, or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: anyCharacter }).map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const result = variableValue(new Secret(bytes));
          if (result.is === 'value') {
            expect(Buffer.from(result.value).equals(Buffer.from(bytes))).toBe(true);
            expect(result.value).not.toContain('\0');
            expect(result.value).not.toBe('');
          } else expect(result.why).toMatch(/^it /);
        },
      ),
    );
  });
});
