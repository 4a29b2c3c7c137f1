import type { Status } from './status.js';

/** The answer of one probe to the tokens of one kind. `partly`: not every token got it. */
export type TokenState = 'accepted' | 'partly-accepted' | 'rejected' | 'partly-rejected' | 'inconclusive';

/** The answer of one probe to the tokens of one kind, and how it is shown. */
export interface TokenCell {
  readonly status: Status;
  readonly state: TokenState;
  /** How many got this answer; `null` if the state stands for all of them. */
  readonly share: { readonly count: number; readonly of: number } | null;
  /** The state in a word; in upper case if it is not as it should be. */
  readonly word: string;
}

const words: Readonly<Record<TokenState, string>> = {
  accepted: 'accepted',
  'partly-accepted': 'accepted',
  rejected: 'rejected',
  'partly-rejected': 'rejected',
  inconclusive: 'inconclusive',
};

/** The word for a state without the share; in upper case if the answer is not the expected one. */
export function tokenWord(state: TokenState, isExpected: boolean): string {
  return isExpected ? words[state] : words[state].toUpperCase();
}

/** Whether two cells show the same answer. */
export function sameAnswer(a: TokenCell | undefined, b: TokenCell | undefined): boolean {
  return answerId(a) === answerId(b);
}

/** The same for cells that show the same answer. */
export function answerId(cell: TokenCell | undefined): string {
  if (cell === undefined) return 'not-tried';
  const { status, state, share } = cell;
  return share === null ? `${status} ${state}` : `${status} ${state} ${share.count}/${share.of}`;
}

/** How many tokens got each answer. */
interface Counts {
  readonly accepted: number;
  readonly rejected: number;
  readonly presented: number;
}

function whole(status: Status, state: TokenState, isExpected = true): TokenCell {
  return { status, state, share: null, word: tokenWord(state, isExpected) };
}

function partly(status: Status, state: TokenState, count: number, of: number): TokenCell {
  return { status, state, share: { count, of }, word: `${count}/${of} ${tokenWord(state, false)}` };
}

/** The cell of tokens that must be rejected. */
export function controlCell({ accepted, rejected, presented }: Counts): TokenCell {
  if (accepted === presented) return whole('bad', 'accepted', false);
  if (accepted > 0) return partly('bad', 'partly-accepted', accepted, presented);
  return rejected > 0 ? whole('ok', 'rejected') : whole('unknown', 'inconclusive');
}

/**
 * The cell of valid tokens.
 * @param right whether they have to be accepted; `null` if that is unknown, `false` if either answer may be right
 */
export function genuineCell(right: boolean | null, { accepted, rejected, presented }: Counts): TokenCell {
  if (right === false) {
    if (accepted > 0) return whole('ok', 'accepted');
    return whole('ok', rejected > 0 ? 'rejected' : 'inconclusive');
  }
  if (accepted === presented) return whole('ok', 'accepted');
  if (rejected === 0) return whole('unknown', 'inconclusive');
  const status = right === true ? 'bad' : 'unknown';
  return rejected === presented
    ? whole(status, 'rejected', false)
    : partly(status, 'partly-rejected', rejected, presented);
}
