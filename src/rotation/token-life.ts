import type { KeyUse } from './key-use.js';
import type { RotationTerms } from './rotation-record.js';

/**
 * The longest life of any token that is waited for, milliseconds: as configured, or longer where a token was seen that
 * lives longer.
 */
export function longestLife({ drain }: Pick<RotationTerms, 'drain'>, uses: readonly KeyUse[]): number {
  const configured = Object.values(drain).filter((life) => life !== 'reauthenticate');
  const seen = uses
    .flatMap((use) => use.signed)
    .filter(({ tokenType }) => tokenType === null || drain[tokenType] !== 'reauthenticate')
    .map(({ lifeMs }) => lifeMs ?? 0);
  return Math.max(0, ...configured, ...seen);
}
