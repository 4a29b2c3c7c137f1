import type { Observations } from '../../model.js';
import {
  type DistortionCode,
  distortionCodes,
  type LiteralCode,
  literalCodes,
} from '../../transforms/codes.js';
import { adopt, atReference, rewriteReference } from '../remedies.js';
import type { Evidence, Rule } from '../rule.js';
import { list, participant, referenceName } from '../words.js';
import { type Proof, proofs } from './proofs.js';
import { distortionWords, literalWords, type Words } from './which-bytes-words.js';

/** Something stands where a secret should, and is none. */
export const noSecretRules: readonly Rule[] = literalCodes.map(noSecret);

/** The secret is the right one, but for what happened to its bytes. */
export const distortionRules: readonly Rule[] = distortionCodes.map(distortion);

function noSecret(code: LiteralCode): Rule {
  const words = literalWords[code];
  return {
    ...common(code, words),
    message({ participants, facts }, observations) {
      return blamesReference(facts, observations)
        ? `${itself(observations)} ${facts.form} where a secret should be; ${hold(participants)} another value.`
        : `${hold(participants)} ${facts.form} where the secret should be.`;
    },
    fix({ participants, facts }, observations) {
      return blamesReference(facts, observations)
        ? `${atReference(observations, 'the real secret')}, then restart every service that read the old value.`
        : `${words.look}\n${adopt(observations, participants)}`;
    },
  };
}

function distortion(code: DistortionCode): Rule {
  const words = distortionWords[code];
  return {
    ...common(code, words),
    message({ participants, facts }, observations) {
      // Where each side has a fault of its own, one phrase does not tell all.
      const how = facts.mixed === true ? words.phrase : phrases(stepsOf(facts, code));
      const precisely = facts.mixed === true ? ` (${facts.form})` : '';
      return blamesReference(facts, observations)
        ? `${itself(observations)} the secret ${how}; ${hold(participants)} it without that${precisely}.`
        : `${hold(participants)} the secret of ${facts.against ?? referenceName(observations)} ${how}${precisely}.`;
    },
    fix({ participants, facts }, observations) {
      if (blamesReference(facts, observations)) return mendReference(code, facts, observations);
      if (facts.against === undefined) return `${words.look}\n${adopt(observations, participants)}`;
      return `${words.look} Nobody is named as right: if ${facts.against} is, give ${list(participants)} the very same bytes.`;
    },
  };
}

function common(code: DistortionCode | LiteralCode, words: Words): Omit<Rule, 'message' | 'fix'> {
  const { title, explanation, example, proof, incidents, remedy } = words;
  return {
    ...{ code, title, explanation, example, proof, incidents, remedy },
    family: 'which-bytes',
    severity: 'by-role',
    joint: true,
    find: (observations, comparison) =>
      proofs(observations, comparison, code).map((proof) => evidence(proof, observations)),
  };
}

function evidence({ suspect, form, wrong, against }: Proof, observations: Observations): Evidence {
  const { steps, ...known } = form.facts;
  const reference = referenceName(observations);
  // Where nobody is known to be right, it is said whose secret it is like.
  const among = against === observations.reference ? null : against;
  const version = among === null ? referenceVersion(observations) : null;
  return {
    participants: [suspect.name],
    facts: {
      fingerprint: suspect.reading?.fingerprint ?? form.fingerprint,
      form: form.of === null ? form.text : `${form.of} ${form.text}`,
      ...known,
      // Of one the code tells. In the order in which they happened, not in which they were undone.
      ...(Array.isArray(steps) && steps.length > 1
        ? { steps: form.undone ? [...steps].reverse() : steps }
        : {}),
      ...(wrong === 'reference' ? { distorted: reference } : {}),
      ...(among === null ? {} : { against: among }),
      ...(version === null ? {} : { referenceVersion: version }),
    },
    ...(wrong === 'suspect' ? { each: { distorted: suspect.name } } : {}),
  };
}

/** Takes off again what the reference should not hold, last things first, where a pipe can do that. */
function mendReference(code: DistortionCode, facts: Evidence['facts'], observations: Observations): string {
  const filters = stepsOf(facts, code)
    .reverse()
    .map((step) => distortionWords[step].filter);
  // In UTF-16 every character has two bytes.
  const wide = String(facts.form).includes('UTF-');
  if (wide || facts.mixed === true || filters.includes(null)) {
    return `${atReference(observations)} again, byte for byte as it was made (printf %s, in single quotes), then restart every service that read the old value.`;
  }
  const pipe = filters.filter((filter) => filter !== null && filter !== '').join(' | ');
  return rewriteReference(observations, pipe === '' ? undefined : pipe);
}

function stepsOf({ steps }: Evidence['facts'], code: DistortionCode): DistortionCode[] {
  const known = Array.isArray(steps) ? distortionCodes.filter((one) => steps.includes(one)) : [];
  const inOrder = Array.isArray(steps) ? known.sort((a, b) => steps.indexOf(a) - steps.indexOf(b)) : known;
  return inOrder.length === 0 ? [code] : inOrder;
}

/** Otherwise the participants' secrets are the distorted ones. */
const blamesReference = ({ distorted }: Evidence['facts'], observations: Observations): boolean =>
  distorted === referenceName(observations);

const phrases = (steps: readonly DistortionCode[]): string =>
  steps.map((step) => distortionWords[step].phrase).join(' and ');

const hold = (names: readonly string[]): string => `${list(names)} ${names.length === 1 ? 'holds' : 'hold'}`;

/** The reference, or without one the majority, as the one that is wrong. */
const itself = ({ reference }: Observations): string =>
  reference === null ? 'The others themselves hold' : `${reference} itself holds`;

const referenceVersion = (observations: Observations): string | null =>
  participant(observations, observations.reference ?? undefined)?.reading?.version ?? null;
