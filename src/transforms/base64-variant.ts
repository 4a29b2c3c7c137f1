import type { Input, Transform, Variant } from './transform.js';

/** The base64 text itself is the key, and one side wrote it in another alphabet or with other padding. */
export const base64Variant: Transform = {
  code: 'base64-variant',
  words: {
    title: 'The base64 text of the secret is a different variant',
    explanation:
      'The base64 text itself is the key. One side has it in the other alphabet ("-" and "_" instead of "+" and "/"), ' +
      'or without the "=" at its end. Both texts decode to the same bytes, but they are different keys.',
    example: 'The secret is "ab+/cd=="; one service turned it into base64url and holds "ab-_cd".',
    proof:
      "One side's fingerprint matches the other side's base64 text in the other alphabet or with other padding.",
    incidents: ['jjwt#315', 'jabali-panel#193'],
    remedy:
      'Store a secret that is the same in both alphabets and needs no padding, for example from openssl rand -hex 32.',
    phrase: 'in another form of base64',
    look: 'Where the value is read or set, look for code that turns base64 into base64url, or removes "=".',
  },
  mirrored: true,
  apply: both,
  undo: both,
};

function* both({ latin1, isLong }: Input, all: boolean): Iterable<Variant> {
  if (isLong || latin1.length < 8 || !/^[\w+/-]+={0,2}$/.test(latin1)) return;
  const bare = latin1.replace(/=+$/, '');
  const lost = latin1.length - bare.length;
  const missing = (4 - (bare.length % 4)) % 4;
  const padding = missing < 3 ? '='.repeat(missing) : '';
  const isUrl = /[_-]/.test(bare);
  const other = isUrl
    ? bare.replace(/-/g, '+').replace(/_/g, '/')
    : bare.replace(/\+/g, '-').replace(/\//g, '_');
  const [alphabet, instead] = isUrl ? ['base64', 'base64url'] : ['base64url', 'base64'];
  if (other !== bare) {
    yield { to: other + latin1.slice(bare.length), text: `in ${alphabet} instead of ${instead}` };
    if (lost > 0) yield { to: other, text: `in ${alphabet} instead of ${instead}, without its padding` };
    else yield { to: other + padding, text: `in ${alphabet} instead of ${instead}, with padding` };
  }
  // One "=" is also its last character: that is reported as a cut.
  if (lost === 2) yield { to: bare, text: 'without its base64 padding ("==")' };
  if (!all) return;
  if (lost === 0 && padding !== '') yield { to: bare + padding, text: `with base64 padding ("${padding}")` };
  if (other === bare) return;
  for (const [from, to] of [
    ['+', '-'],
    ['/', '_'],
    ['-', '+'],
    ['_', '/'],
  ] as const)
    yield { to: latin1.replaceAll(from, to), text: `with "${to}" for every "${from}"` };
}
