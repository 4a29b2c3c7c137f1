import type { Attempt, Observations, Trial } from '../../model.js';
import { baselineOf, toldApart } from '../answers.js';
import { claimComplainedOf, speaksOfTime } from '../claims.js';
import type { Evidence, Rule } from '../rule.js';
import { oneLine } from '../shell.js';
import { distinct, told } from '../words.js';
import { provedBy, type Refusal, refusals } from './token-refused.js';

/** The signature is good, but the verifier wants other claims. */
export const claimsRejected: Rule = {
  code: 'claims-rejected',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The verifier expects other claims',
  explanation:
    'The key is right and the signature is verified, but the verifier wants something else of what the token says: ' +
    'another issuer or audience (often only a slash at the end), another type of token, a subject that it knows, or ' +
    'a shorter life. Users of the real issuer may or may not be concerned: compare with the claims of a real token.',
  example: 'Tokens say iss "https://auth.example.com"; backend_service expects "https://auth.example.com/".',
  remedy:
    'Take the expected issuer, audience and type from one shared constant, and set `token` in the configuration to what the real issuer writes.',
  proof:
    'The same token with one claim changed was accepted, a forged one not; or the answer complains of a claim, and a forged token gets another answer.',
  incidents: ['nodejs-jwt-authentication-sample#32', 'Avernet PR 785', 'pyjwt#1017'],
  find(observations, comparison) {
    const byTrial = provedBy(observations, comparison, 'claim').map(({ name, trials }) =>
      changed(name, trials),
    );
    const proved = new Set(byTrial.flatMap((e) => e.participants));
    const byWords = refusals(observations, comparison).flatMap((refusal) =>
      proved.has(refusal.name) ? [] : (complained(refusal, observations) ?? []),
    );
    return [...byTrial, ...byWords];
  },
  message({ participants, facts }) {
    const name = participants[0];
    if (typeof facts.acceptedWith === 'string') {
      return `${name} verifies the signature but refuses ${claimIn(facts)}: the same token is accepted with ${facts.acceptedWith}.`;
    }
    return `${name} verifies the signature but refuses ${claimIn(facts)}: a forged token gets another answer.`;
  },
  fix({ participants, facts }) {
    const name = oneLine(participants[0] ?? '');
    const claim = typeof facts.claim === 'string' ? oneLine(facts.claim) : null;
    return claim === null
      ? `Compare the claims that ${name} expects with those of a real token and with \`token\` in the configuration.`
      : `Compare the ${claim} that ${name} expects with that of a real token and with \`token\` in the configuration, character by character.`;
  },
};

const claimIn = ({ claim }: Evidence['facts']): string =>
  typeof claim === 'string' ? `the claim ${claim}` : 'what the token says';

/** By experiment: the finest one that was accepted tells the most. */
function changed(name: string, trials: readonly [Trial, ...Trial[]]): Evidence {
  const trial = trials.findLast((t) => typeof t.facts.claim === 'string') ?? trials[0];
  return {
    participants: [name],
    facts: { probe: trial.probe, claim: trial.facts.claim ?? null, acceptedWith: trial.text },
  };
}

/** By its own words: it told the genuine token apart from a forged one, and says which claim it wants otherwise. */
function complained({ name, refused }: Refusal, observations: Observations): Evidence[] | null {
  for (const probe of distinct(refused.map((a) => a.probe))) {
    const here = refused.filter((a) => a.probe === probe);
    const baseline = baselineOf(observations, name, probe);
    const [first] = here;
    const [forged] = baseline.forged;
    if (first === undefined || forged === undefined || !toldApart(here, baseline)) continue;
    const claim = claimComplainedOf(first, forged);
    const byStatus =
      first.status === 403 &&
      forged.status === 401 &&
      baseline.again.length > 0 &&
      !speaksOfTime(first, forged) &&
      rightOnTime(first, observations);
    if (claim === null && !byStatus) continue;
    const facts = { probe, claim, answers: distinct(here.map(told)), toForged: forged.detail };
    return [{ participants: [name], facts }];
  }
  return null;
}

/** Whether its clock is ruled out: tokens that are dated otherwise were refused as well, and `Date` shows nothing. */
function rightOnTime({ participant, probe, clockOffsetMs }: Attempt, { trials }: Observations): boolean {
  const dated = trials.filter(
    (t) => t.participant === participant && t.probe === probe && t.vary === 'issued-at',
  );
  return (
    Math.abs(clockOffsetMs ?? 0) < 10_000 && dated.length > 0 && dated.every((t) => t.result === 'rejected')
  );
}
