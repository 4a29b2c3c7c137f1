import type { Attempt, AttemptDoubt, JsonValue, Observations, Said } from '../../../model.js';
import { oneLine } from '../../../schema/shell-quote.js';
import { redactTokens } from '../../../secret/secret.js';
import { changedMeanwhile, tokenOf } from '../../changed-meanwhile.js';
import { retryAfter } from '../../lock-out.js';
import { distinct, list } from '../../phrases.js';
import type { Evidence } from '../../rule.js';
import { isRejection, nameIn, saysRejected } from '../../second-look/distinguishes-forged.js';
import {
  distinguishing,
  distinguishingRejection,
  matcherText,
  memberText,
} from '../../second-look/matcher.js';
import { keyOf, kindOf } from '../../second-look/settle.js';
import { wasExpiredLongAgo } from '../../second-look/slow-clock.js';
import { type Advice, command, text } from '../../steps.js';
import { isDoubted } from '../../unclear-answers.js';

type Facts = Evidence['facts'];

/** What attempts leave open in the light of others, a piece of evidence for each probe and doubt. */
export function doubtsIn(observations: Observations): Evidence[] {
  const groups = new Map<string, [Attempt, ...Attempt[]]>();
  for (const attempt of observations.attempts) {
    if (!isDoubted(attempt)) continue;
    const key = JSON.stringify([keyOf(attempt), attempt.reason]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [attempt]);
    else group.push(attempt);
  }
  return [...groups.values()].map((group) => {
    const [{ participant, probe, reason }] = group;
    const tokens = distinct(group.map((a) => (a.token === 'genuine' ? 'valid' : a.token)));
    const common = { doubt: reason, probe, tokens };
    return { participants: [participant], facts: { ...common, ...factsOf(group, observations) } };
  });
}

function factsOf(group: readonly [Attempt, ...Attempt[]], observations: Observations): Facts {
  const [first] = group;
  const looked = observations.followUps.filter((t) => keyOf(t) === keyOf(first) && t.vary === 'nothing');
  const kind = kindOf(observations, first);
  const accepted = looked.filter((t) => t.result === 'accepted');
  const saidTo = (isValid: boolean): Said[] =>
    [...group, ...accepted].flatMap((a) =>
      (tokenOf(a) === 'genuine') === isValid && a.said !== undefined ? [a.said] : [],
    );
  if (first.reason === 'told-apart') {
    return {
      kind,
      answers: answersOf(group),
      ...proposal(validOf(first, observations, saidTo(true)), saidTo(false), kind),
    };
  }
  if (first.reason === 'rejected-in-body') {
    const all = [...saidTo(true), ...saidTo(false)];
    return { kind, answers: answersOf(group), ...proposedForAll(all, kind) };
  }
  if (first.reason === 'changed-meanwhile') {
    const own = observations.attempts.filter((a) => keyOf(a) === keyOf(first));
    const change = changedMeanwhile({ attempts: own, followUps: looked }, first.participant, first.probe);
    if (change === null) return { answers: answersOf(group) };
    const plain = (text: string): string => redactTokens(text);
    return { from: plain(change.from.detail), to: plain(change.to.detail), after: change.after };
  }
  if (first.reason === 'locked-out') {
    const waits = distinct(group.flatMap((a) => retryAfter(a) ?? []));
    return {
      kind,
      answers: distinct(group.map((a) => redactTokens(a.detail))),
      ...(waits.length > 0 ? { waits } : {}),
    };
  }
  if (first.reason === 'clock-unknown')
    return { longAgo: wasExpiredLongAgo(observations, first) ?? 'unknown' };
  return { kind };
}

/** Answers to valid tokens, also where only a control was in doubt. */
function validOf(first: Attempt, { attempts }: Observations, said: readonly Said[]): readonly Said[] {
  if (said.length > 0) return said;
  return attempts.flatMap((a) =>
    keyOf(a) === keyOf(first) && a.token === 'genuine' && a.said !== undefined ? [a.said] : [],
  );
}

const answersOf = (group: readonly Attempt[]): string[] =>
  distinct(group.map((a) => `${a.token === 'genuine' ? 'valid' : a.token}: ${a.detail}`));

/** The matcher to paste, as far as the answers yield one. */
function proposal(valid: readonly Said[], others: readonly Said[], kind: string): Facts {
  if (valid.some(saysRejected)) return { validSaysRejected: true };
  const accepted = distinguishing(valid, others);
  if (accepted !== null) return { matcher: matcherText('accepted', accepted, kind) };
  const rejected = distinguishingRejection(valid, others);
  return rejected === null ? {} : { matcher: matcherText('rejected', rejected, kind) };
}

/** Where every answer is a rejection: what an acceptance would look like, or else what the rejection does. */
function proposedForAll(all: readonly Said[], kind: string): Facts {
  const [first] = all;
  const [found] = Object.entries(first?.members ?? {}).filter(
    ([pointer, value]) => isRejection(pointer, value) && all.every((said) => said.members[pointer] === value),
  );
  if (found === undefined || first === undefined) return {};
  const [pointer, value] = found;
  const shown = memberText(pointer, first);
  if (typeof value === 'string' && value.startsWith('<')) return { shown };
  if (value === null) return { shown };
  const isOutcome = value === false && nameIn(pointer) !== '';
  return {
    shown,
    matcher: isOutcome
      ? matcherText('accepted', { pointer, value: true }, kind)
      : matcherText('rejected', { pointer, value }, kind),
  };
}

/** One sentence or two about a doubt. */
export function doubtMessage({ participants, facts }: Evidence): string {
  const name = participants[0] ?? '';
  const { probe } = facts;
  const tokens = texts(facts.tokens);
  switch (reasonOf(facts)) {
    case 'told-apart': {
      const socket = facts.kind === 'websocket';
      const how = socket ? 'keeps the socket open for' : 'answers with the same status to';
      const where = socket ? 'in its messages' : 'in the body';
      const known = tokens.includes('valid') ? tokens : ['valid', ...tokens];
      const rejects =
        facts.validSaysRejected === true ? ' The answer to the valid token reads like a rejection, too.' : '';
      return `${name} ${how} ${list(known)} tokens (${probe}), but tells them apart ${where}: ${list(texts(facts.answers), 3)}.${rejects}`;
    }
    case 'rejected-in-body': {
      const shown = typeof facts.shown === 'string' ? `: ${facts.shown}` : '';
      return `${name} answers every token, the valid one included, with a success and a body that reads like a rejection (${probe}${shown}).`;
    }
    case 'nothing-asked':
      return `The socket of ${name} stays open for ${list(tokens)} tokens and says nothing about them (${probe}): nothing was asked of it.`;
    case 'locked-out':
      return `${name} answers every token, the valid one included, with a lock-out or a rate limit (${probe}): ${list(texts(facts.answers), 3)}. It did not look at the token.`;
    case 'clock-unknown':
      return facts.longAgo === 'rejected'
        ? `${name} accepts a token that expired an hour ago and rejects one that expired a year ago (${probe}): its clock may be an hour or more behind, or its leeway may be that long.`
        : `${name} accepts a token that expired an hour ago (${probe}). Its clock is unknown, so that may be a clock that is behind.`;
    default: {
      if (typeof facts.from !== 'string')
        return `${name} accepted and rejected the same kind of valid token, one after the other (${probe}): the answer depends on the time, and proves nothing about the secret.`;
      return `${name} answers otherwise since ${facts.after} tokens were rejected (${probe}): a forged token first got ${facts.from}, then ${String(facts.to)}. It may have locked out this address, so its answers prove nothing.`;
    }
  }
}

/** What to do about a doubt. */
export function doubtFix({ participants, facts }: Evidence): Advice {
  const name = oneLine(participants[0] ?? '');
  const probe = typeof facts.probe === 'string' ? oneLine(facts.probe) : '';
  const paste =
    typeof facts.matcher === 'string'
      ? [text(`Add to the probe ${probe} of ${name}:`), command(facts.matcher)]
      : null;
  switch (reasonOf(facts)) {
    case 'told-apart':
    case 'rejected-in-body':
      return (
        paste ??
        `Compare the answers, then name in \`accepted\` of the probe ${probe} of ${name} what only a valid token gets.`
      );
    case 'nothing-asked':
      return `Set when ${name} is to verify the token. If it answers with a message, name that in \`accepted.message\`. If it waits for a message with the token, set \`"via": "message"\` or \`messages\` in the probe ${probe}.`;
    case 'locked-out': {
      const waits = texts(facts.waits);
      const until = waits.length === 0 ? '' : ` (it asks to wait: ${oneLine(list(waits, 2))})`;
      return `Wait until the lock-out or rate limit of ${name} is over for this address${until}, then check without invalid tokens (--controls none --no-follow-up). To prevent it, exempt the address.`;
    }
    case 'clock-unknown':
      return `Compare the clock where ${name} runs with the right time (date -u), and its leeway, which should be a minute or two at most.`;
    default:
      return typeof facts.from === 'string'
        ? `Wait until ${name} answers this address again, then check without invalid tokens (--controls none --no-follow-up); or exempt the address from the lock-out.`
        : `Check again once no deployment and no lock-out of ${name} is under way.`;
  }
}

const reasonOf = ({ doubt }: Facts): AttemptDoubt | null => {
  switch (doubt) {
    case 'told-apart':
    case 'rejected-in-body':
    case 'nothing-asked':
    case 'clock-unknown':
    case 'changed-meanwhile':
    case 'locked-out':
      return doubt;
    default:
      return null;
  }
};

const texts = (value: JsonValue | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);
