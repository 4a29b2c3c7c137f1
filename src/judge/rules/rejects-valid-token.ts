import type { Observations } from '../../model.js';
import { baselineOf, toldApart } from '../answers.js';
import type { Comparison } from '../compare.js';
import { takenInstead } from '../keys-in-use.js';
import { adopt } from '../remedies.js';
import type { Evidence, Rule } from '../rule.js';
import { distinct, list, told } from '../words.js';
import { keyOf, type Refusal, refusals } from './token-refused.js';

/** The general code: a genuine token is refused, and no more specific cause is proved. */
export const rejectsValidToken: Rule = {
  code: 'rejects-valid-token',
  family: 'token-refused',
  severity: 'by-role',
  title: 'A genuine token is refused',
  explanation:
    'The fingerprint does not differ, or none is shown, and yet a token signed with the right secret is refused. ' +
    'It may check other claims (issuer, audience), expect another algorithm, have a clock that is off, or use another ' +
    'key than it shows.',
  example:
    'backend_service shows 200718bd like everybody, and answers 401 to a token signed with that secret.',
  remedy: 'Compare what the verifier expects (algorithm, iss, aud, clock) with `token` in the configuration.',
  proof: 'A token signed with the right secret was rejected, and nothing more specific is proved.',
  incidents: ['jjwt#315'],
  find: (observations, comparison) => [
    // Its own tokens are what its users carry: where both hold, this is told.
    ...mintingOthers(comparison),
    ...refusals(observations, comparison).map((refusal) => {
      const { name, refused } = refusal;
      const tried = observations.trials.filter((t) => t.participant === name && t.vary !== 'nothing');
      const instead = [
        ...tried.filter((t) => t.vary === 'key' && t.result === 'accepted').map(keyOf),
        ...takenInstead(comparison, name).flatMap((a) => a.minter ?? []),
      ];
      const ruledOut = distinct(tried.filter((t) => t.result === 'rejected').map((t) => t.text));
      return {
        participants: [name],
        facts: {
          probes: distinct(refused.map((a) => a.probe)),
          minters: distinct(refused.flatMap((a) => a.minter ?? [])),
          answers: distinct(refused.map(told)),
          ...onlySome(refusal),
          ...(instead.length > 0 ? { accepts: distinct(instead) } : {}),
          ...(verifiedSomewhere(refusal, observations) ? { signatureVerified: true } : {}),
          ...(ruledOut.length > 0 ? { ruledOut } : {}),
        },
      };
    }),
  ],
  message({ participants, facts }) {
    const said = (value: unknown): string => (Array.isArray(value) ? list(value.map(String)) : '');
    if (Array.isArray(facts.refusedBy)) {
      const refuses =
        facts.refusedBy.length === 1 ? 'refuses, though it accepts' : 'refuse, though they accept';
      return `${participants[0]} mints tokens that ${said(facts.refusedBy)} ${refuses} those of ${said(facts.acceptedMinters)}.`;
    }
    const tried = Array.isArray(facts.ruledOut) ? facts.ruledOut.length : 0;
    return [
      `${participants[0]} refuses genuine tokens signed with the secret of ${said(facts.minters)} (${said(facts.probes)}).`,
      ...(facts.refusedTypes
        ? [`Only those of type ${said(facts.refusedTypes)}: ${said(facts.acceptedTypes)} is accepted.`]
        : []),
      ...(facts.acceptedMinters ? [`Those signed by ${said(facts.acceptedMinters)} are accepted.`] : []),
      ...(facts.accepts ? [`It takes tokens signed with another key: ${said(facts.accepts)}.`] : []),
      ...(facts.signatureVerified
        ? ['A forged one gets another answer: not the key is wrong, but a claim or the clock.']
        : []),
      ...(tried > 0
        ? [`${tried === 1 ? 'One other token was' : `${tried} other tokens were`} tried in vain.`]
        : []),
    ].join(' ');
  },
  fix: ({ participants, facts }, observations) =>
    Array.isArray(facts.refusedBy)
      ? adopt(observations, participants)
      : `Compare the algorithm, issuer, audience and clock that ${participants[0]} expects with \`token\` in the configuration.`,
};

/** Services that mint tokens of another key, as tokens of the right one prove. */
function mintingOthers({ tokens }: Comparison): Evidence[] {
  return [...tokens.mintsOther].map(([name, { refused, taken }]) => ({
    participants: [name],
    facts: {
      refusedBy: distinct(refused.map((a) => a.participant)),
      probes: distinct(refused.map((a) => a.probe)),
      answers: distinct(refused.map(told)),
      acceptedMinters: taken,
    },
  }));
}

/** Where only some types of token, or those of some signers, are refused: which. */
function onlySome({ refused, accepted }: Refusal) {
  const probes = new Set(refused.map((a) => a.probe));
  const taken = accepted.filter((a) => probes.has(a.probe));
  const types = distinct(refused.flatMap((a) => a.tokenType ?? []));
  const minters = distinct(refused.flatMap((a) => a.minter ?? []));
  const otherTypes = distinct(taken.flatMap((a) => a.tokenType ?? [])).filter(
    (type) => !types.includes(type),
  );
  const otherMinters = distinct(taken.flatMap((a) => a.minter ?? [])).filter(
    (name) => !minters.includes(name),
  );
  return {
    ...(otherTypes.length > 0 ? { refusedTypes: types, acceptedTypes: otherTypes } : {}),
    ...(otherMinters.length > 0 ? { acceptedMinters: otherMinters } : {}),
  };
}

/** Whether it told the genuine token apart from a forged one. */
function verifiedSomewhere({ name, refused }: Refusal, observations: Observations): boolean {
  return distinct(refused.map((a) => a.probe)).some((probe) =>
    toldApart(
      refused.filter((a) => a.probe === probe),
      baselineOf(observations, name, probe),
    ),
  );
}
