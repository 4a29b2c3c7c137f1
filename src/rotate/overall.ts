import { type KeyUse, longestLife } from '../rotation/key-use.js';
import { isOpen } from '../rotation/rotation-record.js';
import { durationText } from '../schema/duration.js';
import type { Moved } from './drain.js';
import type { Overall } from './gate.js';

/** No other rotation is under way. */
export const nothingOpen: Overall = {
  name: 'nothing-open',
  lacks: ({ record }) =>
    isOpen(record)
      ? [{ participant: null, what: `rotation ${record.id} is open (${record.state})`, is: 'refuted' }]
      : [],
};

/** The longest life of every token type is configured, and no token was seen that lives longer. */
export const livesKnown: Overall = {
  name: 'lives-known',
  lacks: ({ uses, terms: { drain }, tokenTypes }) => [
    ...tokenTypes
      .filter((type) => !Object.hasOwn(drain, type))
      .map((type) => ({
        participant: null,
        what: `the longest life of ${type} tokens is not known: set rotation.drain.${type}`,
        is: 'unproved' as const,
      })),
    ...(uses.at(-1)?.signed ?? []).flatMap(({ participant, tokenType, lifeMs }) => {
      const known = tokenType === null || !Object.hasOwn(drain, tokenType) ? undefined : drain[tokenType];
      if (typeof known !== 'number' || lifeMs === null || lifeMs <= known) return [];
      const what = `signs ${tokenType} tokens that live ${durationText(lifeMs)}; rotation.drain.${tokenType} is ${durationText(known)}`;
      return [{ participant, what, is: 'refuted' as const }];
    }),
  ],
};

/** No issuer signed with another key in the latest check. */
const isMoving = (uses: readonly KeyUse[], moved: Moved | null): boolean => {
  const latest = uses.at(-1);
  return (
    moved !== null &&
    latest !== undefined &&
    moved.lastSighting !== latest.endedAt &&
    latest.signed.length > 0
  );
};

/** The last token that can have been signed with the other key has expired everywhere. */
export const drained: Overall = {
  name: 'drained',
  lacks: ({ uses, terms, now }, moved) => {
    if (moved === null || moved.at === null)
      return [
        {
          participant: null,
          what: isMoving(uses, moved)
            ? 'the drain has not begun: two checks that are settle apart have to see every issuer sign with the new key; jwtcheck rotate next --apply makes them, and remembers when'
            : 'the drain has not begun: not every issuer is seen to have moved',
          is: 'not-yet',
        },
      ];
    const until = moved.at + longestLife(terms, uses) + terms.skew;
    if (now >= until) return [];
    const what = `tokens of the other key can be valid until ${new Date(until).toISOString()}`;
    return [{ participant: null, what, is: 'not-yet', until }];
  },
};
