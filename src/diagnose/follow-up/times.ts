import type { Base, FollowUpVariant } from './variant.js';

/** Maximum lifetime of a probe token, in milliseconds. */
const longestLife = 300_000;
/** Remaining lifetime of a backdated token. */
const remaining = 60_000;
/** Smaller clock offsets are not worth an attempt: `Date` has a resolution of one second. */
const leastOffset = 3000;
/** Safety margin for the rounding of `Date` and the duration of the request. */
const margin = 5000;
/** Minimum lifetime that is worth an attempt. */
const leastLife = 30_000;

/** Dated by the measured clock of the service, if it differs from the local clock. */
export function datedByTheirClock(base: Base, offsetMs: number | null): FollowUpVariant[] {
  if (offsetMs === null || Math.abs(offsetMs) < leastOffset) return [];
  const seconds = Math.round(offsetMs / 1000);
  const ttl = Math.min(base.settings.ttl, remaining) + margin;
  return [
    {
      ...dated(base, offsetMs - margin, ttl, { seconds, measured: true }),
      text: `dated by the Date header (${signed(seconds)} s)`,
      notBefore: offsetMs > 0,
    },
  ];
}

/** Backdated by four minutes, for a clock that is behind; then by less, to measure the offset. */
export function datedBack(base: Base): FollowUpVariant[] {
  const back = (seconds: number): FollowUpVariant => ({
    ...dated(base, -seconds * 1000, Math.min(base.settings.ttl, remaining) + seconds * 1000, {
      seconds: -seconds,
      measured: false,
    }),
    text: `dated back by ${seconds} s`,
  });
  return [{ ...back(240), finer: [back(10), back(60)] }];
}

/** Valid only after the rejected token has expired, for a clock that is ahead. */
export function datedForward(base: Base): FollowUpVariant[] {
  const shiftMs = base.settings.ttl + margin;
  const life = longestLife - shiftMs;
  if (life < leastLife) return [];
  const seconds = Math.round(shiftMs / 1000);
  return [
    {
      ...dated(base, shiftMs, life, { seconds, measured: false }),
      text: `dated forward by ${seconds} s`,
      notBefore: true,
    },
  ];
}

function dated(
  base: Base,
  shiftMs: number,
  ttl: number,
  by: { readonly seconds: number; readonly measured: boolean },
): FollowUpVariant {
  const settings = { ...base.settings, ttl: Math.min(ttl, longestLife) };
  return { ...base, settings, changed: { what: 'issued-at', ...by }, text: '', form: null, shiftMs };
}

const signed = (seconds: number): string => (seconds > 0 ? `+${seconds}` : String(seconds));
