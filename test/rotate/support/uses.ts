import type { AttemptResult } from '../../../src/model.js';
import type {
  KeyUse,
  PresentedToken,
  RotationParticipant,
  SignedToken,
} from '../../../src/rotation/key-use.js';
import type { RotationRecord } from '../../../src/rotation/rotation-record.js';

/** 2026-01-31T12:00:00Z, when the state of `recordIn` was entered. */
export const entry = Date.parse('2026-01-31T12:00:00.000Z');
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

export const auth: RotationParticipant = {
  name: 'auth',
  isIssuer: true,
  isVerifier: true,
  probes: ['http'],
  canMint: true,
  binding: 'current',
};
export const api: RotationParticipant = {
  name: 'api',
  isIssuer: false,
  isVerifier: true,
  probes: ['http', 'websocket'],
  canMint: false,
  binding: null,
};

export const presented = (
  participant: string,
  key: number | 'forged',
  outcome: AttemptResult,
  more: Partial<PresentedToken> = {},
): PresentedToken => ({
  participant,
  probe: 'http',
  instance: null,
  tokenType: key === 'forged' ? null : 'access',
  key,
  isBackdated: false,
  outcome,
  ...more,
});

export const signed = (key: number | null, more: Partial<SignedToken> = {}): SignedToken => ({
  participant: 'auth',
  instance: null,
  tokenType: 'access',
  key,
  lifeMs: null,
  proof: 'token',
  ...more,
});

/** A check at a time in which everyone accepts these keys, rejects those, and signs with that. */
export function use(
  at: number,
  of: {
    readonly accepts?: readonly number[];
    readonly rejects?: readonly number[];
    readonly signs?: number;
    /** More, or other, answers: of the same participant, probe, key, age and replica they replace what is there. */
    readonly but?: readonly PresentedToken[];
    readonly more?: Partial<KeyUse>;
  } = {},
): KeyUse {
  const { accepts = [], rejects = [], signs = 7, but = [], more = {} } = of;
  const everywhere = (key: number | 'forged', outcome: AttemptResult, isBackdated = false) =>
    [auth, api].flatMap(({ name, probes }) =>
      probes.map((probe) => presented(name, key, outcome, { probe, isBackdated })),
    );
  const all = [
    ...everywhere('forged', 'rejected'),
    ...accepts.flatMap((key) => everywhere(key, 'accepted')),
    ...rejects.flatMap((key) => [...everywhere(key, 'rejected'), ...everywhere(key, 'rejected', true)]),
  ];
  const placeOf = ({ participant, probe, key, isBackdated }: PresentedToken): string =>
    JSON.stringify([participant, probe, key, isBackdated]);
  const replaced = new Set(but.map(placeOf));
  return {
    startedAt: at,
    endedAt: at + second,
    verdict: 'consistent',
    participants: [auth, api],
    presented: [...all.filter((one) => !replaced.has(placeOf(one))), ...but],
    signed: [signed(signs)],
    stated: [],
    ...more,
  };
}

/** A rotation from version 7 to version 8 that has just entered a state. */
export function recordIn(state: RotationRecord['state'], more: Partial<RotationRecord> = {}): RotationRecord {
  const now = new Date(entry).toISOString();
  return {
    format: 1,
    id: 'r1',
    mode: 'overlap',
    state,
    from: 7,
    to: state === 'idle' ? null : 8,
    times: { opened: '2026-01-31T11:00:00.000Z', ...(state === 'idle' ? {} : { [state]: now }) },
    intent: {
      newest: 7,
      salt: '0011223344556677',
      hashes: ['aaaaaaaaaaaaaaaa'],
      at: '2026-01-31T11:00:00.000Z',
    },
    movedAt: null,
    done: [],
    trusts: [],
    terms: {
      drain: { access: hour },
      skew: 2 * minute,
      settle: minute,
      patience: 15 * minute,
      aliases: { current: 'current', next: 'next', previous: 'previous' },
    },
    ...more,
  };
}
