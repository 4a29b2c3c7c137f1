import type { RotationResult } from '../../../rotate/rotation-context.js';
import { isOpen, type RotationRecord } from '../../../rotation/rotation-record.js';

/** What a gate asks for, before the step to the next state, or before one step back. */
export function gateSentence(record: RotationRecord | null, isBack = false): string {
  if (isBack && record !== null) return backSentence(record);
  if (record === null || record.state === 'idle' || record.state === 'finished')
    return 'the environment is consistent, every verifier has a probe, no issuer follows latest, and the longest life of every token type is known';
  const { from, to } = record;
  switch (record.state) {
    case 'staged':
      return `every verifier accepts tokens of version ${from} and of version ${to}, and rejects forged ones`;
    case 'promoted':
      return record.mode === 'cutover'
        ? `every issuer signs with version ${to}, and every verifier accepts it`
        : `every issuer signs with version ${to}, and the last token of version ${from} has expired`;
    case 'revoked':
      return `every verifier rejects tokens of version ${from}, backdated ones too, and no deployment names version ${from}`;
  }
}

/** What has to hold before the new key is taken away from services again. */
const backSentence = ({ from, to, times }: RotationRecord): string =>
  times.promoted === undefined
    ? `no issuer signs with version ${to}`
    : `every issuer signs with version ${from} again, every verifier accepts it, and the last token of version ${to} has expired`;

/** The state in a sentence. */
export function stateSentence(record: RotationRecord | null): string {
  if (record === null) return 'no rotation was ever started';
  const span = spanOf(record);
  switch (record.state) {
    case 'idle':
      return record.times.rolledBack === undefined
        ? `a rotation ${span} was begun, and its version is not staged yet`
        : `the rotation ${span} was rolled back: version ${record.from} is in use`;
    case 'staged':
      return `services sign with version ${record.from} and learn to accept version ${record.to}`;
    case 'promoted':
      return record.mode === 'cutover'
        ? `services change from version ${record.from} to version ${record.to}, without a time for both`
        : `services sign with version ${record.to} and still accept version ${record.from}`;
    case 'revoked':
      return `services sign with version ${record.to} and must reject version ${record.from}`;
    case 'finished':
      return `version ${record.to} is in use; version ${record.from} is disabled`;
  }
}

/** The command that is possible next, and what it does; `null`: none is needed. */
export function nextCommand(record: RotationRecord | null): { command: string; does: string } | null {
  if (record === null || record.state === 'finished')
    return { command: 'jwtcheck rotate start', does: 'shows what a new rotation would do' };
  switch (record.state) {
    case 'idle':
      return record.times.rolledBack === undefined
        ? { command: 'jwtcheck rotate start --apply', does: 'completes what was begun' }
        : { command: 'jwtcheck rotate start', does: 'shows what another attempt would do' };
    case 'staged':
      return {
        command: 'jwtcheck rotate next --apply',
        does: 'lets services sign with the new version, once the gate holds',
      };
    case 'promoted':
      return {
        command: 'jwtcheck rotate next --apply',
        does: 'takes the old version away from services, once the gate holds',
      };
    case 'revoked':
      return {
        command: 'jwtcheck rotate next --apply',
        does: 'disables the old version, once the gate holds',
      };
  }
}

/** How the present state is undone; `null` where there is nothing to undo. */
export function undoCommand(
  record: RotationRecord | null,
  stored: { readonly enable: string | null },
): string | null {
  if (record === null || record.state === 'idle') return null;
  if (record.mode === 'emergency') return null;
  if (record.state === 'finished') return stored.enable;
  return 'jwtcheck rotate rollback --apply';
}

/** A verifier that may hold only one key: it shows no list of keys, and has not yet been seen to accept two. */
export function singleKeyServices({ use, view }: Pick<RotationResult, 'use' | 'view'>): string[] {
  if (use === null || view === null || isOpen(view.record)) return [];
  const listing = new Set(use.stated.map(({ participant }) => participant));
  return use.participants
    .filter(({ name, isVerifier }) => isVerifier && !listing.has(name))
    .map(({ name }) => name);
}

/** `from version 7 to version 8`. */
const spanOf = ({ from, to }: RotationRecord): string =>
  `from version ${from}${to === null ? '' : ` to version ${to}`}`;
