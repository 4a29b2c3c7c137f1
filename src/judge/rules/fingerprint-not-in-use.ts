import type { CandidateCode } from '../../finding-codes.js';
import type { CandidateFingerprint, Fingerprint, Observations } from '../../model.js';
import { oneLine } from '../../schema/shell-quote.js';
import { sameFingerprint } from '../../secret/fingerprint.js';
import type { Comparison } from '../compare.js';
import { acceptedInstead, signers } from '../keys-in-use.js';
import { distinct, list, participant, verbFor } from '../phrases.js';
import type { Evidence, Rule } from '../rule.js';
import { keyOf, provedBy, rejections } from './shared/token-rejected.js';

type Facts = Verifies | Signs;

type Verifies = {
  readonly probe: string;
  readonly accepts: readonly string[];
  readonly fingerprintInUse: string | null;
  readonly cause?: CandidateCode | null;
};

/** `signsWith`: the key in words; `null` if it is unknown. */
type Signs = {
  readonly signsWith: string | null;
  readonly fingerprintInUse: string | null;
  readonly cause: CandidateCode | null;
};

/** The shown fingerprint is right, but another key verifies tokens. */
export const fingerprintNotInUse: Rule<Facts> = {
  code: 'fingerprint-not-in-use',
  family: 'token-refused',
  severity: 'by-role',
  joint: true,
  title: 'The fingerprint is not that of the key in use',
  explanation:
    'The participant reports the right fingerprint, but rejects tokens of that secret and accepts tokens of another ' +
    'one, or signs its own tokens with another one. Often the verifier captured its secret before the environment ' +
    'was loaded, while the endpoint reads it later; or HTTP and WebSocket read their secrets from different places.',
  example: 'backend_service reports 200718bd, but accepts only tokens signed with the fallback of the tests.',
  remedy:
    'Make the endpoint compute the fingerprint from the key object that verifies tokens, and load the environment ' +
    'before the verifier.',
  proof:
    'The fingerprint is right, but tokens of that secret are rejected and tokens of another one are accepted; or the ' +
    'participant minted a token that is not signed with the right key.',
  incidents: ['nestjs/passport#479', 'dify#39422'],
  find(observations, comparison) {
    const shows = (name: string) => participant(observations, name)?.reading != null;
    const tried = provedBy(observations, comparison, 'key').filter(({ name }) => shows(name));
    const byFollowUp = tried.map(({ name, followUps: [followUp] }) => ({
      participants: [name],
      facts: {
        probe: followUp.probe,
        accepts: [keyOf(followUp)],
        fingerprintInUse: followUp.form?.fingerprint ?? null,
        cause: followUp.form?.code ?? null,
      },
    }));
    const found = new Set(tried.map(({ name }) => name));
    const byOthers = rejections(observations, comparison).flatMap(({ name }) => {
      const others = acceptedInstead(comparison, name);
      const [first] = others;
      if (first === undefined || found.has(name) || !shows(name)) return [];
      return [
        {
          participants: [name],
          facts: {
            probe: first.probe,
            accepts: distinct(others.flatMap((a) => a.minter ?? [])),
            fingerprintInUse:
              participant(observations, first.minter ?? undefined)?.reading?.fingerprint ?? null,
          },
        },
      ];
    });
    return [...byFollowUp, ...byOthers, ...bySigning(observations, comparison)];
  },
  message({ participants, facts }) {
    const shows = `${list(participants)} ${verbFor(participants, 'reports', 'report')} the right fingerprint, but`;
    if ('signsWith' in facts) {
      const key = facts.signsWith ?? 'one that jwtcheck does not know';
      return `${shows} ${verbFor(participants, 'signs', 'sign')} tokens with another key: ${key}.`;
    }
    return `${shows} ${verbFor(participants, 'verifies', 'verify')} with another key (${facts.probe}): ${list(facts.accepts)}.`;
  },
  fix({ participants, facts }) {
    const names = list(participants.map(oneLine));
    if ('signsWith' in facts)
      return `In ${names}, look for the place where tokens are signed: it reads its secret from elsewhere than the fingerprint endpoint, or before the environment is loaded. Its tokens are rejected until it signs with the secret that it shows.`;
    const inside = `In ${names}, look for a verifier that is set up before the secret is loaded, or that reads it from elsewhere; a restart alone does not help.`;
    return participants.length > 1
      ? `All of them verify with the same key, so look first at a gateway or library that they share. ${inside}`
      : `${inside} If a gateway in front of it verifies tokens as well, check that, too.`;
  },
};

/** Participants whose own tokens, verified here, are signed with a key other than the reported one. */
function bySigning(observations: Observations, comparison: Comparison): Evidence<Signs>[] {
  const { signing, agrees, split, differing } = comparison;
  return observations.participants.flatMap(({ name, reading }) => {
    const isExplained = split.includes(name) || differing.includes(name);
    if (!signing.signsOther.has(name) || reading === null || isExplained || agrees.get(name) !== false)
      return [];
    const [fingerprint] = signers(comparison, name);
    const form = fingerprint === undefined ? undefined : formOf(observations, fingerprint);
    return [
      {
        participants: [name],
        facts: {
          signsWith: fingerprint === undefined ? null : keyInWords(observations, name, fingerprint, form),
          fingerprintInUse: fingerprint ?? null,
          cause: form?.code ?? null,
        },
      },
    ];
  });
}

const formOf = ({ candidates }: Observations, fingerprint: Fingerprint): CandidateFingerprint | undefined =>
  candidates.find((form) => !form.undone && sameFingerprint(form.fingerprint, fingerprint));

function keyInWords(
  observations: Observations,
  name: string,
  fingerprint: Fingerprint,
  form: CandidateFingerprint | undefined,
): string {
  if (form !== undefined) return form.of === null ? form.text : `the secret of ${form.of} ${form.text}`;
  const holder = observations.participants.find(
    (p) => p.name !== name && p.reading !== null && sameFingerprint(p.reading.fingerprint, fingerprint),
  );
  return holder === undefined ? fingerprint : `that of ${holder.name}`;
}
