import type { ClaimComparison, FollowUpResult } from '../../model.js';
import { oneLine } from '../../schema/shell-quote.js';
import { claimAtFault, claimComplainedOf, readClaims, speaksOfLookup, timeComplainedOf } from '../claims.js';
import type { Comparison } from '../compare.js';
import { sameAnswer } from '../compare-answers.js';
import type { FollowUpOf } from '../follow-ups.js';
import { describeAttempt, distinct, list, verbFor } from '../phrases.js';
import type { Evidence, Rule } from '../rule.js';
import { topicsOf } from '../topics.js';
import { provedBy, type Responses, rejections, responsesOf, toForged } from './shared/token-rejected.js';

type Facts = ByFollowUp | ByWords | BeforeSignature | ByIssuer;

/** A token with one changed claim was accepted. */
type ByFollowUp = {
  readonly probe: string;
  readonly claim: string | null;
  readonly acceptedWith: string;
  /** The accepted lifetime. */
  readonly seconds?: number;
};

/** The answer complains of a claim. `reads`: claims that the verifier reads, if the one at fault is unknown. */
type ByWords = {
  readonly probe: string;
  readonly claim: string | null;
  readonly reads?: readonly string[];
  readonly answers: readonly string[];
  readonly toForged: string;
};

type BeforeSignature = {
  readonly probe: string;
  readonly claim: string;
  readonly beforeSignature: true;
  readonly answers: readonly string[];
};

/** A service writes other claims into its own tokens. */
type ByIssuer = { readonly claim: string; readonly rejectedBy: readonly string[] };

/** The signature is valid, but the verifier requires other claims. */
export const claimsRejected: Rule<Facts> = {
  code: 'claims-rejected',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The verifier expects other claims',
  explanation:
    'The verifier rejects the content of the token: it expects another issuer or audience (often only a trailing ' +
    'slash differs), another type of token, a known subject, or a shorter lifetime. Users of the real issuer may or ' +
    'may not be affected: compare with the claims of a real token. Most verifiers check the signature first, so the ' +
    'key is right. Some check claims first; then nothing is known about the key.',
  example:
    'Tokens have the iss "https://auth.example.com"; backend_service expects "https://auth.example.com/".',
  remedy:
    'Define the expected issuer, audience and type in one shared constant, and set `token` in the configuration to ' +
    'what the real issuer writes.',
  proof:
    'The same token with one changed claim was accepted, and a forged token was not; or the same layer answers a ' +
    'forged token differently, and the answer to the valid token names a claim.',
  incidents: ['nodejs-jwt-authentication-sample#32', 'Avernet PR 785', 'pyjwt#1017'],
  find(observations, comparison) {
    const byFollowUp = provedBy(observations, comparison, 'claim').map(({ name, followUps }) =>
      changed(name, followUps),
    );
    const proved = new Set(byFollowUp.flatMap((e) => e.participants));
    const byWords = rejections(observations, comparison).flatMap((refusal): Evidence<Facts>[] => {
      if (proved.has(refusal.name)) return [];
      const all = responsesOf(refusal, observations);
      const facts = [...all.map(complaint), ...all.map(beforeSignature)].find((found) => found !== null);
      return facts === undefined || facts === null ? [] : [{ participants: [refusal.name], facts }];
    });
    return [...byFollowUp, ...byWords, ...byIssuers(comparison)];
  },
  message({ participants, facts }) {
    const name = participants[0];
    if ('rejectedBy' in facts) {
      const { claim, rejectedBy } = facts;
      return `${name} writes another ${claim} into its tokens than is configured: ${list(rejectedBy)} ${verbFor(rejectedBy, 'rejects', 'reject')} them, and ${verbFor(rejectedBy, 'accepts', 'accept')} tokens with the configured one.`;
    }
    if ('acceptedWith' in facts) {
      return `${name} verifies the signature but rejects ${claimIn(facts)}: the same token is accepted with ${facts.acceptedWith}.`;
    }
    if ('beforeSignature' in facts) {
      return `${name} rejects ${claimIn(facts)} of every token, forged or not: it checks that before the signature, so nothing is known about its key.`;
    }
    // A service that denies access may know the subject and its rights from another source than the token.
    const what = facts.claim === null ? `${claimIn(facts)}, or its subject` : claimIn(facts);
    const reads = facts.reads === undefined ? '' : ` It reads ${list(facts.reads)}.`;
    return `${name} verifies the signature but rejects ${what}: a forged token gets another answer.${reads}`;
  },
  fix({ participants, facts }) {
    const name = oneLine(participants[0] ?? '');
    if ('rejectedBy' in facts)
      return `Have ${name} write the ${facts.claim} of \`token\` in the configuration, character by character.`;
    if ('acceptedWith' in facts && facts.seconds !== undefined)
      return `If real tokens have this lifetime, too, set "token": { "ttl": "${facts.seconds}s" } in the configuration; if not, find the shortest and the longest lifetime that ${name} accepts.`;
    const claim = facts.claim === null ? null : oneLine(facts.claim);
    return claim === null
      ? `Compare the claims that ${name} expects with those of a real token and with \`token\` in the configuration, and check whether \`token.subject\` exists there and may do this.`
      : `Compare the ${claim} that ${name} expects with that of a real token and with \`token\` in the configuration, character by character.${ofAccount.has(claim) ? ` If ${name} looks that up by the subject, set \`token.subject\` to a user that has it.` : ''}`;
  },
};

/** Claims that a service may look up by the user instead of reading them in the token. */
const ofAccount: ReadonlySet<string> = new Set(['scope', 'role', 'email', 'sub']);

/** Services whose tokens have the right key and another issuer or audience than the configuration, as a verifier shows. */
function byIssuers({ signing }: Comparison): Evidence<ByIssuer>[] {
  return [...signing.flawed].flatMap(([name, { flaw, token, rejected }]) => {
    if (flaw !== 'claims') return [];
    const claims = [
      ...(isOther(token.issuer) ? ['issuer (iss)'] : []),
      ...(isOther(token.audience) ? ['audience (aud)'] : []),
    ];
    const facts = { claim: list(claims), rejectedBy: distinct(rejected.map((a) => a.participant)) };
    return [{ participants: [name], facts }];
  });
}

const isOther = (claim: ClaimComparison): boolean => claim === 'different' || claim === 'absent';

const claimIn = ({ claim }: Facts): string => (claim === null ? 'what the token says' : `the claim ${claim}`);

/** By follow-ups: the smallest change that was accepted is the most precise. */
function changed(
  name: string,
  followUps: readonly [FollowUpOf<'claim'>, ...FollowUpOf<'claim'>[]],
): Evidence<ByFollowUp> {
  const followUp = followUps.findLast((t) => t.changed.claim !== null) ?? followUps[0];
  const { claim, seconds } = followUp.changed;
  return {
    participants: [name],
    facts: {
      probe: followUp.probe,
      claim,
      acceptedWith: followUp.text,
      ...(seconds === undefined ? {} : { seconds }),
    },
  };
}

/** By its own words: it distinguishes the valid token from a forged one, and names the claim that it rejects. */
function complaint(answers: Responses): ByWords | null {
  const { probe, valid, refused, followUps } = answers;
  const forged = toForged(answers);
  if (answers.distinction !== 'verified' || forged === null) return null;
  if (timeComplainedOf(valid, forged) !== null) return null;
  const reads = readClaims(followUps, valid);
  const lookup = speaksOfLookup(valid) && !speaksOfLookup(forged);
  const claim = complainedOf(answers, reads) ?? (lookup ? claimAtFault(followUps, valid) : null);
  if (claim === null && !lookup && !isForbidden(answers)) return null;
  return {
    probe,
    claim,
    ...(claim === null && reads.length > 0 ? { reads } : {}),
    answers: distinct(refused.map(describeAttempt)),
    toForged: forged.detail,
  };
}

/** Words that mean only this claim. */
const unambiguous: ReadonlySet<string> = new Set(['iss', 'aud', 'token_type']);

/** The claim that words name, unless follow-ups show that the verifier reads others and not this one. */
function complainedOf(answers: Responses, reads: readonly string[]): string | null {
  const { valid, followUps } = answers;
  const forged = toForged(answers);
  const claim = forged === null ? null : claimComplainedOf(valid, forged);
  if (claim === null || unambiguous.has(claim) || reads.length === 0 || reads.includes(claim)) return claim;
  const isUnread = followUps.some(
    (t) =>
      t.changed.what === 'claim' &&
      t.changed.absent === true &&
      t.changed.claim === claim &&
      sameAnswer(t, valid),
  );
  return isUnread ? null : claim;
}

/** 403 while a forged token gets 401, every time, and the clock is right. */
function isForbidden({ valid, baseline, followUps }: Responses): boolean {
  const [forged] = baseline.forged;
  return (
    valid.status === 403 && forged?.status === 401 && baseline.again.length > 0 && isOnTime(valid, followUps)
  );
}

/**
 * Whether a wrong clock is ruled out: `Date` shows the right time, and tokens with other times were rejected, too. An
 * unknown offset does not count as zero.
 */
function isOnTime(
  { clockOffsetMs }: Pick<Responses['valid'], 'clockOffsetMs'>,
  followUps: readonly FollowUpResult[],
): boolean {
  const dated = followUps.filter((t) => t.changed.what === 'issued-at');
  return (
    clockOffsetMs !== undefined &&
    Math.abs(clockOffsetMs) < 10_000 &&
    dated.length > 0 &&
    dated.every((t) => t.result === 'rejected')
  );
}

/**
 * The endpoint objects to the issuer or audience of every token, forged or not, but answers differently without a
 * token.
 */
function beforeSignature(answers: Responses): BeforeSignature | null {
  const { probe, valid, refused, baseline } = answers;
  const { claims, signature, absence } = topicsOf(valid);
  const [claim, ...others] = claims;
  const isOnlyThat =
    (claim === 'iss' || claim === 'aud') &&
    others.length === 0 &&
    answers.distinction === 'same' &&
    !signature &&
    !absence &&
    baseline.missing.length > 0 &&
    baseline.missing.every((other) => !sameAnswer(valid, other));
  return isOnlyThat
    ? { probe, claim, beforeSignature: true, answers: distinct(refused.map(describeAttempt)) }
    : null;
}
