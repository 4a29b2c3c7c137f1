import { type RotationState, rotationStates } from './rotation-record.js';

/**
 * The versions that the three aliases stand for in a state of a rotation; `null`: there is no such alias.
 *
 * While both keys are accepted, `next` and `previous` stay put and only `current` moves: a service that reads each alias by
 * a call of its own may see some as they were before a change and some as they are after it, and still gets both keys.
 */
export function aliasesIn(
  state: RotationState,
  from: number,
  to: number | null,
): { readonly current: number; readonly next: number | null; readonly previous: number | null } {
  const isOverlap = state === 'staged' || state === 'promoted';
  const isNew = to !== null && (state === 'promoted' || state === 'revoked' || state === 'finished');
  return {
    current: isNew ? to : from,
    next: isOverlap ? to : null,
    previous: isOverlap ? from : null,
  };
}

/** The versions for which aliases were seen to stand; `null`: there is no such alias; `undefined`: it could not be read. */
export interface SeenAliases {
  readonly current: number | null | undefined;
  readonly previous: number | null | undefined;
}

/** The states of a rotation in which the aliases stand for this; none if something else changed them. */
export function statesShownBy(seen: SeenAliases, from: number, to: number): RotationState[] {
  return rotationStates.filter((state) => {
    const { current, previous } = aliasesIn(state, from, to);
    return (
      (seen.current === undefined || seen.current === current) &&
      (seen.previous === undefined || seen.previous === previous)
    );
  });
}
