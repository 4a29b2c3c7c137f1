import type { Attempt, AttemptDoubt, AttemptResult, Observations, Said } from '../../../model.js';
import { oneLine } from '../../../schema/shell-quote.js';
import { redactTokens } from '../../../secret/secret.js';
import { changedMeanwhile } from '../../changed-meanwhile.js';
import { tokenOf } from '../../follow-ups.js';
import { doubtOf } from '../../inconclusive-answers.js';
import { retryAfter } from '../../lock-out.js';
import { probeKey } from '../../participants.js';
import { participant as byName, distinct, list } from '../../phrases.js';
import { type Advice, command, text } from '../../remedy-steps.js';
import type { Evidence } from '../../rule.js';
import { isRejection, nameIn, saysRejected } from '../../second-look/distinguishes-forged.js';
import {
  distinguishing,
  distinguishingRejection,
  matcherText,
  memberText,
} from '../../second-look/distinguishing-matcher.js';
import { wasExpiredLongAgo } from '../../second-look/slow-clock.js';

type Common = { readonly probe: string; readonly tokens: readonly string[] };

/** A matcher line to paste into the probe, and the answers that it is based on. */
type Proposal = { readonly matcher?: string; readonly shown?: string; readonly validSaysRejected?: true };

type Doubt =
  | ({
      readonly doubt: 'told-apart' | 'rejected-in-body';
      readonly kind: string;
      readonly answers: readonly string[];
    } & Proposal)
  | { readonly doubt: 'nothing-asked'; readonly kind: string }
  | { readonly doubt: 'changed-meanwhile'; readonly answers: readonly string[] }
  | {
      readonly doubt: 'changed-meanwhile';
      readonly from: string;
      readonly to: string;
      readonly after: number;
    }
  | {
      readonly doubt: 'locked-out';
      readonly kind: string;
      readonly answers: readonly string[];
      /** The wait that it asks for. */
      readonly waits?: readonly string[];
      /** It accepted a valid token at the same probe. */
      readonly acceptedOthers?: true;
    }
  | { readonly doubt: 'not-compared' }
  | { readonly doubt: 'clock-unknown'; readonly longAgo: AttemptResult | 'unknown' };

/** Why answers that were clear by themselves are not, in comparison with others. */
export type DoubtFacts = Common & Doubt;

/** The doubts about attempts in comparison with others: one piece of evidence for each probe and doubt. */
export function doubtsIn(observations: Observations): Evidence<DoubtFacts>[] {
  const groups = new Map<string, Group>();
  for (const attempt of observations.attempts) {
    const doubt = doubtOf(attempt);
    if (doubt === null) continue;
    const key = JSON.stringify([probeKey(attempt), doubt]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { doubt, attempts: [attempt] });
    else group.attempts.push(attempt);
  }
  return [...groups.values()].map((group) => {
    const [{ participant, probe }] = group.attempts;
    const tokens = distinct(group.attempts.map((a) => (a.token === 'genuine' ? 'valid' : a.token)));
    return { participants: [participant], facts: { ...factsOf(group, observations), probe, tokens } };
  });
}

/** Attempts of one probe with the same doubt. */
interface Group {
  readonly doubt: AttemptDoubt;
  readonly attempts: [Attempt, ...Attempt[]];
}

function factsOf({ doubt, attempts: group }: Group, observations: Observations): Doubt {
  const [first] = group;
  const looked = observations.followUps.filter(
    (t) => probeKey(t) === probeKey(first) && t.changed.what === 'nothing',
  );
  const kind = kindOf(observations, first);
  const accepted = looked.filter((t) => t.result === 'accepted');
  const saidTo = (isValid: boolean): Said[] =>
    [...group, ...accepted].flatMap((a) =>
      (tokenOf(a) === 'genuine') === isValid && a.said !== undefined ? [a.said] : [],
    );
  switch (doubt) {
    case 'told-apart': {
      const valid = validOf(first, observations, saidTo(true));
      return { doubt, kind, answers: answersOf(group), ...proposal(valid, saidTo(false), kind) };
    }
    case 'rejected-in-body': {
      const all = [...saidTo(true), ...saidTo(false)];
      return { doubt, kind, answers: answersOf(group), ...proposedForAll(all, kind) };
    }
    case 'changed-meanwhile': {
      const own = observations.attempts.filter((a) => probeKey(a) === probeKey(first));
      const change = changedMeanwhile({ attempts: own, followUps: looked }, first.participant, first.probe);
      if (change === null) return { doubt, answers: answersOf(group) };
      const [from, to] = [redactTokens(change.from.detail), redactTokens(change.to.detail)];
      return { doubt, from, to, after: change.after };
    }
    case 'locked-out': {
      const waits = distinct(group.flatMap((a) => retryAfter(a) ?? []));
      const answers = distinct(group.map((a) => redactTokens(a.detail)));
      const acceptedOthers = observations.attempts.some(
        (a) => probeKey(a) === probeKey(first) && a.token === 'genuine' && a.result === 'accepted',
      );
      return {
        doubt,
        kind,
        answers,
        ...(waits.length > 0 ? { waits } : {}),
        ...(acceptedOthers ? { acceptedOthers } : {}),
      };
    }
    case 'clock-unknown':
      return { doubt, longAgo: wasExpiredLongAgo(observations, first) ?? 'unknown' };
    case 'nothing-asked':
      return { doubt, kind };
    case 'not-compared':
      return { doubt };
  }
}

/** The kind of the probe of an attempt. */
function kindOf(observations: Observations, attempt: Attempt): string {
  const found = byName(observations, attempt.participant);
  return found?.probes.find((p) => p.name === attempt.probe)?.kind ?? 'http';
}

/** Responses to valid tokens, also where only a control was in doubt. */
function validOf(first: Attempt, { attempts }: Observations, said: readonly Said[]): readonly Said[] {
  if (said.length > 0) return said;
  return attempts.flatMap((a) =>
    probeKey(a) === probeKey(first) && a.token === 'genuine' && a.said !== undefined ? [a.said] : [],
  );
}

const answersOf = (group: readonly Attempt[]): string[] =>
  distinct(group.map((a) => `${a.token === 'genuine' ? 'valid' : a.token}: ${a.detail}`));

/** The matcher to paste, as far as the answers yield one. */
function proposal(valid: readonly Said[], others: readonly Said[], kind: string): Proposal {
  if (valid.some(saysRejected)) return { validSaysRejected: true };
  const accepted = distinguishing(valid, others);
  if (accepted !== null) return { matcher: matcherText('accepted', accepted, kind) };
  const rejected = distinguishingRejection(valid, others);
  return rejected === null ? {} : { matcher: matcherText('rejected', rejected, kind) };
}

/** If every answer is a rejection: a matcher for an acceptance, or else for the rejection. */
function proposedForAll(all: readonly Said[], kind: string): Proposal {
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
export function doubtMessage({ participants, facts }: Evidence<DoubtFacts>): string {
  const name = participants[0] ?? '';
  const { probe, tokens } = facts;
  switch (facts.doubt) {
    case 'told-apart': {
      const socket = facts.kind === 'websocket';
      const how = socket ? 'keeps the socket open for' : 'answers with the same status to';
      const where = socket ? 'in its messages' : 'in the body';
      const known = tokens.includes('valid') ? tokens : ['valid', ...tokens];
      const rejects = facts.validSaysRejected
        ? ' The answer to the valid token reads like a rejection, too.'
        : '';
      return `${name} ${how} ${list(known)} tokens (${probe}), but distinguishes them ${where}: ${list(facts.answers, 3)}.${rejects}`;
    }
    case 'rejected-in-body': {
      const shown = facts.shown === undefined ? '' : `: ${facts.shown}`;
      return `${name} answers every token, the valid one included, with a success and a body that reads like a rejection (${probe}${shown}).`;
    }
    case 'nothing-asked':
      return `The socket of ${name} stays open for ${list(tokens)} tokens and says nothing about them (${probe}): nothing was asked of it.`;
    case 'locked-out':
      if (facts.acceptedOthers === true && !tokens.includes('valid'))
        return `${name} accepted a valid token, but after the invalid ones it answered a valid token like the forged one (${probe}): ${list(facts.answers, 3)}. It may have locked out this address, so its answer to the forged token proves nothing.`;
      return facts.acceptedOthers === true
        ? `${name} accepted a valid token, and answered another one with a lock-out or a rate limit (${probe}): ${list(facts.answers, 3)}. It did not look at that one.`
        : `${name} answers every token, the valid one included, with a lock-out or a rate limit (${probe}): ${list(facts.answers, 3)}. It did not look at the token.`;
    case 'clock-unknown':
      return facts.longAgo === 'rejected'
        ? `${name} accepts a token that expired an hour ago and rejects one that expired a year ago (${probe}): its clock may be an hour or more behind, or its leeway may be that long.`
        : `${name} accepts a token that expired an hour ago (${probe}). Its clock is unknown, so that may be a clock that is behind.`;
    case 'not-compared':
      return `${name} accepts a token of a retired key, but gave no clear answer to a forged one (${probe}): without that comparison, it may accept any token.`;
    case 'changed-meanwhile': {
      if (!('from' in facts))
        return `${name} accepted and rejected the same kind of valid token, one after the other (${probe}): the answer depends on the time, and proves nothing about the secret.`;
      return `${name} answers differently since ${facts.after} tokens were rejected (${probe}): a forged token first got ${facts.from}, then ${facts.to}. It may have locked out this address, so its answers prove nothing.`;
    }
  }
}

/** The advice for a doubt. */
export function doubtFix({ participants, facts }: Evidence<DoubtFacts>): Advice {
  const name = oneLine(participants[0] ?? '');
  const probe = oneLine(facts.probe);
  switch (facts.doubt) {
    case 'told-apart':
    case 'rejected-in-body':
      return facts.matcher === undefined
        ? `Compare the answers, then name in \`accepted\` of the probe ${probe} of ${name} what only a valid token gets.`
        : [text(`Add to the probe ${probe} of ${name}:`), command(facts.matcher)];
    case 'nothing-asked':
      return `Set when ${name} is to verify the token. If it answers with a message, name that in \`accepted.message\`. If it waits for a message with the token, set \`"via": "message"\` or \`messages\` in the probe ${probe}.`;
    case 'locked-out': {
      const { waits = [] } = facts;
      const until = waits.length === 0 ? '' : ` (it asks to wait: ${oneLine(list(waits, 2))})`;
      return `Wait until the lock-out or rate limit of ${name} is over for this address${until}, then check without invalid tokens (--controls none --no-follow-up). To prevent it, exempt the address.`;
    }
    case 'clock-unknown':
      return `Compare the clock where ${name} runs with the right time (date -u), and its leeway, which should be a minute or two at most.`;
    case 'not-compared':
      return `Look at the answer of ${name} to the forged token, and check again.`;
    case 'changed-meanwhile':
      return 'from' in facts
        ? `Wait until ${name} answers this address again, then check without invalid tokens (--controls none --no-follow-up); or exempt the address from the lock-out.`
        : `Check again once no deployment and no lock-out of ${name} is under way.`;
  }
}
