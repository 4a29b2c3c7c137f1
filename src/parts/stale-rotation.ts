import type { LastRotation } from '../model.js';
import type { OpenRotationState } from '../rotation-model.js';
import { quoted } from '../schema/path.js';
import type { Part } from './part.js';
import { partName } from './part-name.js';

/** Parts, of which those that saw an earlier state of a rotation than the last one observe nothing. */
export interface CurrentParts {
  readonly parts: readonly Part[];
  /** The reason why a participant of the other parts is unread, by name. */
  readonly whyStale: ReadonlyMap<string, string>;
}

/**
 * A rotation may continue while parts are observed. What is right in one of its states is wrong in another, and the
 * reference's key may be another one: observations of an earlier state are neither right nor wrong in the last one.
 */
export function withoutStale(parts: readonly Part[]): CurrentParts {
  const states = parts.flatMap((part) => {
    const state = stateOf(part);
    return state === null ? [] : [{ part, state }];
  });
  const startOf = ({ part }: { readonly part: Part }): number => Date.parse(part.startedAt);
  const [last] = states.sort((a, b) => startOf(b) - startOf(a));
  const whyStale = new Map<string, string>();
  if (last === undefined) return { parts, whyStale };
  const stale = new Map(
    states
      .filter(({ part, state }) => isEarlier(part, state, last.state))
      .map(({ part, state }) => [part, state]),
  );
  const current = parts.map((part): Part => {
    const state = stale.get(part);
    if (state === undefined) return part;
    const why = `the rotation ${quoted(state.id)} was ${state.state} while ${partName(part.part)} observed it; then ${afterwards(state, last.state)}`;
    for (const name of part.observed) whyStale.set(name, why);
    const { rotation: _, retiredKey: __, unverifiedProofs: ___, mintedTokens: ____, ...rest } = part;
    return {
      ...rest,
      ...{ observed: [], participants: [], attempts: [], followUps: [], candidates: [] },
    };
  });
  return { parts: current, whyStale };
}

interface RotationState {
  readonly id: string;
  readonly state: OpenRotationState | LastRotation['outcome'];
}

const afterwards = ({ id }: RotationState, last: RotationState): string => {
  if (id !== last.id) return 'another one followed';
  return last.state === 'rolled-back' ? 'it was rolled back' : `it was ${last.state}`;
};

/** `null` if the part could not read the record, or there was none. */
function stateOf({ rotation, lastRotation }: Part): RotationState | null {
  if (rotation !== undefined) return rotation.record;
  return lastRotation === undefined ? null : { id: lastRotation.id, state: lastRotation.outcome };
}

/** Before a rotation is opened, everything is as in its first state. */
const isEarlier = ({ rotation }: Part, { id, state }: RotationState, last: RotationState): boolean =>
  rotation !== undefined && (id !== last.id || state !== last.state);
