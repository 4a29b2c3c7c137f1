import type { Base, FollowUpVariant } from './variant.js';

/** No probe token lives longer; milliseconds. */
const longestLife = 300_000;
/** What is left of a token's life from now on, where it is dated back. */
const remaining = 60_000;
/** A clock that differs by less is not worth an attempt of its own: `Date` names whole seconds. */
const leastOffset = 3000;
/** So much before what `Date` says, for it is rounded and answers take their time. */
const margin = 5000;
/** What is left of a life that is worth an attempt. */
const leastLife = 30_000;

/** Dated as the clock of whoever answered says, where that is another time than ours. */
export function datedByTheirClock(base: Base, offsetMs: number | null): FollowUpVariant[] {
  if (offsetMs === null || Math.abs(offsetMs) < leastOffset) return [];
  const seconds = Math.round(offsetMs / 1000);
  const ttl = Math.min(base.settings.ttl, remaining) + margin;
  return [
    {
      ...dated(base, offsetMs - margin, ttl),
      text: `dated by the Date header (${signed(seconds)} s)`,
      facts: { seconds, measured: true },
      notBefore: offsetMs > 0,
    },
  ];
}

/** Dated back by four minutes, for clocks that are behind; then, to tell by how much, by less. */
export function datedBack(base: Base): FollowUpVariant[] {
  const back = (seconds: number): FollowUpVariant => ({
    ...dated(base, -seconds * 1000, Math.min(base.settings.ttl, remaining) + seconds * 1000),
    text: `dated back by ${seconds} s`,
    facts: { seconds: -seconds, measured: false },
  });
  return [{ ...back(240), finer: [back(10), back(60)] }];
}

/** Valid only from the moment on at which the refused one had expired, for clocks that are ahead. */
export function datedForward(base: Base): FollowUpVariant[] {
  const shiftMs = base.settings.ttl + margin;
  const life = longestLife - shiftMs;
  if (life < leastLife) return [];
  const seconds = Math.round(shiftMs / 1000);
  return [
    {
      ...dated(base, shiftMs, life),
      text: `dated forward by ${seconds} s`,
      facts: { seconds, measured: false },
      notBefore: true,
    },
  ];
}

function dated(base: Base, shiftMs: number, ttl: number): FollowUpVariant {
  const settings = { ...base.settings, ttl: Math.min(ttl, longestLife) };
  return { ...base, settings, vary: 'issued-at', text: '', form: null, facts: {}, shiftMs };
}

const signed = (seconds: number): string => (seconds > 0 ? `+${seconds}` : String(seconds));
