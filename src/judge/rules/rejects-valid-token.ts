import type { Observations } from '../../model.js';
import { baselineOf, toldApart } from '../answers.js';
import { takenInstead } from '../keys-in-use.js';
import type { Rule } from '../rule.js';
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
  find: (observations, comparison) =>
    refusals(observations, comparison).map((refusal) => {
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
  message({ participants, facts }) {
    const said = (value: unknown): string => (Array.isArray(value) ? list(value.map(String)) : '');
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
  fix: ({ participants }) =>
    `Compare the algorithm, issuer, audience and clock that ${participants[0]} expects with \`token\` in the configuration.`,
};

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
