import type { MintedToken, Observations } from '../../model.js';
import { oneLine } from '../../schema/shell-quote.js';
import { type FollowUpOf, hasChanged } from '../follow-ups.js';
import type { Evidence, Rule } from '../rule.js';
import { slowClockOf } from '../second-look/slow-clock.js';
import { type ClockFacts, type ClockSide, clockByWords } from './shared/clock-by-words.js';
import { provedBy, rejections } from './shared/token-rejected.js';

/** Clocks this close agree, within the precision of a `Date` header; seconds. */
const close = 5;

/** The verifier's clock is off, so that tokens have expired or are not valid yet. */
export const clockSkew: Rule<ClockFacts> = {
  code: 'clock-skew',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The clocks differ',
  explanation:
    'By the clock of the verifier, the token has already expired or is not valid yet. Machines and containers drift ' +
    'without time synchronization, especially after they were suspended. Some verifiers allow no leeway at all.',
  example:
    'The clock of backend_service is two minutes behind: a new token seems to be issued in the future.',
  remedy: 'Synchronize the clocks (NTP), and allow a leeway of up to a minute in every verifier.',
  proof:
    'The same token with adjusted times was accepted, and a forged token was not; or the verifier reports a new ' +
    'token, but not a forged one, as expired or not yet valid; or a token that was just issued with the right key is ' +
    'dated in the future or has expired.',
  incidents: ['hasura#2109', 'PostgREST#1139'],
  find(observations, comparison) {
    const byFollowUp = provedBy(observations, comparison, 'issued-at').map(({ name, followUps }) => ({
      participants: [name],
      facts: {
        probe: followUps[0].probe,
        ...skewOf(followUps, observations),
        ...strictness(name, followUps, observations),
        ...whose(name, followUps, observations),
      },
    }));
    const proved = new Set(byFollowUp.flatMap((e) => e.participants));
    const byWords = rejections(observations, comparison).flatMap((refusal) => {
      const facts = proved.has(refusal.name) ? null : clockByWords(refusal, observations);
      return facts === null ? [] : [{ participants: [refusal.name], facts }];
    });
    const byTokens = [...comparison.signing.flawed].flatMap(([name, { flaw, token }]) => {
      const facts =
        flaw === 'expired' || flaw === 'in-the-future' ? issuedWrongly(token, observations) : null;
      return facts === null ? [] : [{ participants: [name], facts }];
    });
    return [...slowClocks(observations), ...byFollowUp, ...byWords, ...byTokens];
  },
  message({ participants, facts }) {
    const name = participants[0];
    if (facts.acceptsExpired)
      return `The clock of ${name} is ${amount(facts)} ${facts.side} ours: it accepts a token that expired an hour ago, and rejects one that expired a year ago.`;
    if (facts.issued !== undefined) {
      const ours =
        facts.wrong === 'this machine' ? ' Other services agree with it: our own clock is off.' : '';
      return `${name} issues tokens ${facts.issued}.${ours}`;
    }
    if (facts.withoutLeeway)
      return `${name} rejects a new token and accepts it ${amount(facts)} later. Its \`Date\` header agrees with our clock, so it probably allows no leeway for \`iat\` or \`nbf\`.`;
    const wrong =
      facts.wrong === 'this machine' ? ' Other services agree with it: our own clock is off.' : '';
    if (facts.answers !== undefined) {
      const said = facts.side === 'behind' ? 'is not valid yet' : 'has expired';
      const known = facts.seconds !== undefined || facts.atLeastSeconds !== undefined;
      const by = known ? `${amount(facts)} ` : '';
      return `${name} reports that a new token ${said}, but answers a forged one differently: its clock is probably ${by}${facts.side} ours.`;
    }
    return `The clock of ${name} is ${amount(facts)} ${facts.side} ours: it accepts the token once it is dated accordingly.${wrong}`;
  },
  fix: ({ participants, facts }) =>
    facts.wrong === 'this machine'
      ? 'Set the clock of the machine on which jwtcheck runs (NTP), then check again.'
      : facts.withoutLeeway
        ? `Allow a leeway of some seconds for \`iat\` and \`nbf\` in ${oneLine(participants[0] ?? '')}.`
        : facts.unit === 'milliseconds'
          ? `Have ${oneLine(participants[0] ?? '')} write times in seconds: divide by 1000.`
          : facts.answers !== undefined
            ? `Compare the clock where ${oneLine(participants[0] ?? '')} runs with this machine's, and set the one that is off (NTP).`
            : `Set the clock where ${oneLine(participants[0] ?? '')} runs (NTP), and allow a leeway of up to a minute in every verifier.`,
};

/** Verifiers that accept an expired token because it has not expired yet by their own clock. */
function slowClocks(observations: Observations): Evidence<ClockFacts>[] {
  return observations.attempts.flatMap((a) => {
    if (a.token !== 'expired' || a.result !== 'accepted') return [];
    const behindMs = slowClockOf(observations, a);
    if (behindMs === null) return [];
    const seconds = Math.round(behindMs / 1000);
    const facts = { probe: a.probe, side: 'behind', seconds, acceptsExpired: true } as const;
    return [{ participants: [a.participant], facts }];
  });
}

/** The offset and its direction: from the `Date` header, or between rejected and accepted variants. */
function skewOf(accepted: readonly FollowUpOf<'issued-at'>[], observations: Observations) {
  const seconds = accepted.map((t) => t.changed.seconds);
  const [first = 0] = seconds;
  const side: ClockSide = first < 0 ? 'behind' : 'ahead of';
  if (accepted[0]?.changed.measured === true) return { side, seconds: Math.abs(first) };
  if (first > 0) return { side, atLeastSeconds: first };
  const [followUp] = accepted;
  const refused = observations.followUps
    .filter((t) => t.participant === followUp?.participant && t.probe === followUp.probe)
    .filter(hasChanged('issued-at'))
    .filter((t) => t.result === 'rejected' && !t.changed.measured)
    .map((t) => -t.changed.seconds)
    .filter((s) => s > 0);
  const most = Math.min(...seconds.map(Math.abs));
  const least = Math.max(0, ...refused.filter((s) => s < most));
  return { side, ...(least > 0 ? { atLeastSeconds: least } : {}), atMostSeconds: most };
}

/** A `Date` header has whole seconds, so two clocks that agree may seem this far apart; milliseconds. */
const agreeingMs = 2000;

/** Seconds until a fresh token is accepted, up to which the strictness of a verifier is a sufficient explanation. */
const mostStrictSeconds = 10;

/** Whether the verifier's own clock is right, so that it only compares without leeway. */
function strictness(name: string, accepted: readonly FollowUpOf<'issued-at'>[], observations: Observations) {
  const least = Math.min(...accepted.map((t) => Math.abs(t.changed.seconds)));
  const isBehind = accepted.every((t) => t.changed.seconds < 0 && !t.changed.measured);
  const offsets = observations.attempts.flatMap((a) =>
    a.participant === name && a.clockOffsetMs !== undefined ? [Math.abs(a.clockOffsetMs)] : [],
  );
  const agrees = offsets.length > 0 && Math.max(...offsets) <= agreeingMs;
  return isBehind && agrees && least <= mostStrictSeconds ? ({ withoutLeeway: true } as const) : {};
}

function amount({ seconds, atLeastSeconds, atMostSeconds }: ClockFacts): string {
  if (seconds !== undefined) return span(seconds);
  if (atLeastSeconds === undefined) return `up to ${atMostSeconds} s`;
  return atMostSeconds === undefined
    ? `at least ${atLeastSeconds} s`
    : `${atLeastSeconds} to ${atMostSeconds} s`;
}

function span(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

/** The owner of the wrong clock, as far as the `Date` headers of the others show. */
function whose(name: string, [followUp]: readonly FollowUpOf<'issued-at'>[], observations: Observations) {
  if (followUp?.changed.measured !== true) return {};
  const own = followUp.changed.seconds;
  const others = observations.attempts
    .filter((a) => a.participant !== name && a.clockOffsetMs !== undefined)
    .map((a) => (a.clockOffsetMs ?? 0) / 1000);
  if (others.length === 0) return {};
  if (others.every((offset) => Math.abs(offset) < close)) return { wrong: name };
  return others.every((offset) => Math.abs(offset - own) < close) ? { wrong: 'this machine' } : {};
}

/** After the year 5138: not seconds. */
const latest = 100_000_000_000;

/** The fault of the times of a token that was just issued. */
function issuedWrongly(token: MintedToken, observations: Observations): ClockFacts {
  const { issuedAt, notBefore, receivedAt } = token;
  const from = Math.max(issuedAt ?? 0, notBefore ?? 0);
  if (from > latest) return { issued: 'with times in milliseconds instead of seconds', unit: 'milliseconds' };
  if (from > receivedAt) {
    const seconds = Math.round(from - receivedAt);
    const issued = `that are dated ${span(seconds)} in the future: its clock is ahead of ours`;
    return { issued, side: 'ahead of', seconds, ...ours(seconds, observations) };
  }
  const seconds = Math.round(receivedAt - (issuedAt ?? notBefore ?? receivedAt));
  const issued = `that have expired already; they are dated ${span(seconds)} in the past: its clock is behind ours`;
  return { issued, side: 'behind', seconds, ...ours(-seconds, observations) };
}

/** Whether the local clock is wrong, as far as the `Date` headers of others show. */
function ours(seconds: number, { attempts }: Observations) {
  const others = attempts.flatMap((a) => (a.clockOffsetMs === undefined ? [] : [a.clockOffsetMs / 1000]));
  const agree = others.length > 0 && others.every((offset) => Math.abs(offset - seconds) < close);
  return agree ? { wrong: 'this machine' } : {};
}
