import type { Said } from '../../model.js';
import { isRejection, nameIn } from './distinguishes-forged.js';

/** Names of members that are secret, personal to one answer, or a time. */
const unfit =
  /token|secret|passw|session|sid|jti|iat|exp|nbf|time|date|nonce|request|trace|etag|csrf|xsrf|signature|cookie|hash|cursor|instance|host|replica|version|pod|node|region|duration|latency|count|total|remaining|limit/i;
const outcomes = /^(?:status|state|result|outcome|code|error_?code|errno|type|kind|reason)$/i;

/** A member with its value, as a matcher names it. */
interface Choice {
  readonly pointer: string;
  readonly value: string | number | boolean;
  readonly rank: number;
}

/**
 * The member that distinguishes accepted from rejected tokens, for `accepted.json`. Every answer to a valid token has
 * it with this value, and no other answer has. `null`: no such member is stable.
 */
export function distinguishing(valid: readonly Said[], others: readonly Said[]): Choice | null {
  const [first] = valid;
  if (first === undefined) return null;
  const choices = Object.entries(first.members).flatMap(([pointer, value]): Choice[] => {
    if (value === null || !isFit(pointer, value) || isRejection(pointer, value)) return [];
    if (!valid.every((said) => said.members[pointer] === value)) return [];
    if (others.some((said) => said.members[pointer] === value)) return [];
    const everywhere = others.every((said) => Object.hasOwn(said.members, pointer));
    return [{ pointer, value, rank: rankOf(pointer, value) + (everywhere ? 0 : 10) }];
  });
  return choices.sort((a, b) => a.rank - b.rank)[0] ?? null;
}

/**
 * The same for `rejected.json`: the member that all answers to invalid tokens share, and no answer to a valid one has.
 */
export function distinguishingRejection(valid: readonly Said[], others: readonly Said[]): Choice | null {
  const [first] = others;
  if (first === undefined) return null;
  const choices = Object.entries(first.members).flatMap(([pointer, value]): Choice[] => {
    if (value === null || !isFit(pointer, value)) return [];
    if (!others.every((said) => said.members[pointer] === value)) return [];
    if (valid.some((said) => said.members[pointer] === value)) return [];
    return [{ pointer, value, rank: rankOf(pointer, value) + (isRejection(pointer, value) ? 0 : 5) }];
  });
  return choices.sort((a, b) => a.rank - b.rank)[0] ?? null;
}

/** Values are shown in brackets if they are no short identifiers, or if a secret was redacted. */
function isFit(pointer: string, value: string | number | boolean): boolean {
  if (pointer === '' || unfit.test(nameIn(pointer)) || /[<[…]/.test(pointer)) return false;
  return typeof value !== 'string' || (value !== '' && !/[<>[\]…]/.test(value));
}

function rankOf(pointer: string, value: string | number | boolean): number {
  const depth = pointer.split('/').length / 10;
  if (typeof value === 'boolean') return depth;
  if (outcomes.test(nameIn(pointer))) return 1 + depth;
  return (typeof value === 'string' ? 2 : 4) + depth;
}

/** A member and its value in a sentence, such as `/valid is false`. */
export function memberText(pointer: string, { members }: Said): string {
  if (!Object.hasOwn(members, pointer)) return `${pointer} is missing`;
  const value = members[pointer];
  return typeof value === 'string' && value.startsWith('<')
    ? `${pointer} is another ${value.slice(1, -1)}`
    : `${pointer} is ${JSON.stringify(value)}`;
}

/** A matcher as text to paste into a probe. */
export function matcherText(
  key: 'accepted' | 'rejected',
  { pointer, value }: Pick<Choice, 'pointer' | 'value'>,
  kind: string,
): string {
  const json = `{ "json": { ${JSON.stringify(pointer)}: ${JSON.stringify(value)} } }`;
  return kind === 'websocket' ? `"${key}": { "message": ${json} }` : `"${key}": ${json}`;
}
