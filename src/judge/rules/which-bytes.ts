import type { CandidateFacts, CandidateFingerprint, Observations, RemedyStep } from '../../model.js';
import {
  type LiteralCode,
  literalCodes,
  type TransformCode,
  transformCodes,
} from '../../transforms/codes.js';
import { transformOf, transforms } from '../../transforms/index.js';
import { literalWords } from '../../transforms/literals.js';
import type { Words } from '../../transforms/transform.js';
import type { Comparison } from '../compare.js';
import { list, participant, referenceName } from '../phrases.js';
import { adopt, atReference, rewriteReference } from '../remedies.js';
import { text } from '../remedy-steps.js';
import type { Evidence, Rule } from '../rule.js';
import { type Explanation, explanations } from './shared/explanations.js';
import { isProof } from './shared/token-rejected.js';

type Facts = Omit<CandidateFacts, 'steps'> & {
  readonly fingerprint: string;
  readonly form: string;
  /** The change of the secret, in words that follow "holds the secret". */
  readonly change?: string;
  /** The participant that holds the unchanged secret, if the reference holds the changed one. */
  readonly changedFrom?: string;
  /** The difference of the other participant's secret, if the change was undone. */
  readonly without?: string;
  /** Several changes, in the order in which they happened. */
  readonly steps?: readonly TransformCode[];
  /** The reference, if its secret is the changed one. */
  readonly distorted?: string;
  /** A pipe that reverses the change. */
  readonly filter?: string;
  /** The participant that it is compared with, if it is unknown which secret is right. */
  readonly against?: string;
  readonly referenceVersion?: string;
};

/** The value is not a secret. */
export const noSecretRules: readonly Rule<Facts>[] = literalCodes.map(noSecret);

/** The secret is the right one with changed bytes. */
export const transformRules: readonly Rule<Facts>[] = transforms.map(({ code, words }) =>
  transformRule(code, words.look),
);

function noSecret(code: LiteralCode): Rule<Facts> {
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
        : [text(words.look), ...adopt(observations, participants)];
    },
  };
}

function transformRule(code: TransformCode, look: string): Rule<Facts> {
  return {
    ...common(code, transformOf[code].words),
    message({ participants, facts }, observations) {
      const { change, probably } = facts;
      const of = facts.changedFrom === undefined ? '' : ` of ${facts.changedFrom}`;
      const without = facts.without === undefined ? '' : `; ${hold(participants)} it ${facts.without}`;
      const maybe = probably ? 'probably ' : '';
      const or = facts.alternatives === undefined ? '' : ` (or: ${facts.alternatives.join('; or: ')})`;
      return blamesReference(facts, observations)
        ? `${itself(observations, maybe)} the secret${of} ${change}${without}${or}.`
        : `${hold(participants, maybe)} the secret of ${facts.against ?? referenceName(observations)} ${change}${or}.`;
    },
    fix({ participants, facts }, observations) {
      if (blamesReference(facts, observations))
        return [...doubt(facts), ...fixReference(facts, observations)];
      if (facts.against === undefined)
        return [...doubt(facts), text(look), ...adopt(observations, participants)];
      const either = `It is unknown which one is right: if ${facts.against} is, give ${list(participants)} the very same bytes.`;
      return [...doubt(facts), text(`${look} ${either}`)];
    },
  };
}

/** The step that confirms a match that may be by chance. */
function doubt({ probably, tried }: Facts): readonly RemedyStep[] {
  return probably
    ? [
        text(
          `To make sure, show more digits first (fingerprint.length: 16) and check again: ${tried} comparisons were made, and so few digits can match by chance.`,
        ),
      ]
    : [];
}

function common(code: TransformCode | LiteralCode, words: Words): Omit<Rule<Facts>, 'message' | 'fix'> {
  const { title, explanation, example, proof, incidents, remedy } = words;
  return {
    ...{ code, title, explanation, example, proof, incidents, remedy },
    family: 'which-bytes',
    severity: 'by-role',
    joint: true,
    find: (observations: Observations, comparison: Comparison) =>
      explanations(observations, comparison, code).map((proof) => evidence(proof, observations)),
  };
}

function evidence(proof: Explanation, observations: Observations): Evidence<Facts> {
  const { suspect, form, wrong, against } = proof;
  const { steps, ...known } = withoutDoubt(proof, observations);
  const reference = referenceName(observations);
  // If it is unknown which secret is right, the finding names the one it is compared with.
  const among = against === observations.reference ? null : against;
  const version = among === null ? referenceVersion(observations) : null;
  return {
    participants: [suspect.name],
    facts: {
      fingerprint: suspect.reading?.fingerprint ?? form.fingerprint,
      form: form.of === null ? form.text : `${form.of} ${form.text}`,
      ...changeOf(proof),
      ...known,
      // For a single step, the code is sufficient. The steps are in the order in which they happened, not in which they
      // were undone.
      ...(steps !== undefined && steps.length > 1
        ? { steps: form.undone ? [...steps].reverse() : steps }
        : {}),
      ...(wrong === 'reference' ? { distorted: reference } : {}),
      ...(wrong === 'reference' && form.undone && form.filter !== undefined ? { filter: form.filter } : {}),
      ...(among === null ? {} : { against: among }),
      ...(version === null ? {} : { referenceVersion: version }),
    },
    ...(wrong === 'suspect' ? { each: { distorted: suspect.name } } : {}),
  };
}

/** The facts of a candidate. If a token of exactly this key was accepted, the match is certain. */
function withoutDoubt({ suspect, form }: Explanation, { followUps }: Observations): CandidateFacts {
  const { probably, tried, alternatives, ...sure } = form.facts;
  const isSure = followUps.some(
    (t) =>
      t.participant === suspect.name &&
      t.changed.what === 'key' &&
      isProof(t) &&
      t.form?.fingerprint === form.fingerprint &&
      t.form.text === form.text &&
      t.form.of === form.of,
  );
  return isSure ? sure : form.facts;
}

/** Reverses the change at the reference, if a pipe can do exactly that. */
function fixReference({ filter }: Facts, observations: Observations): readonly RemedyStep[] {
  if (filter === undefined) {
    return [
      text(
        `${atReference(observations)} again, byte for byte as it was made (printf %s, in single quotes), then restart every service that read the old value.`,
      ),
    ];
  }
  return rewriteReference(observations, filter === '' ? undefined : filter);
}

/**
 * The change of the wrong secret, in words that follow "holds the secret". For a path that was undone, `without`
 * describes the other secret, and the codes describe the change.
 */
function changeOf({ suspect, form, wrong }: Explanation): Pick<Facts, 'change' | 'changedFrom' | 'without'> {
  if (form.of === null) return {};
  if (!form.undone)
    return { change: form.text, ...(wrong === 'reference' ? { changedFrom: suspect.name } : {}) };
  return { change: phrases(form), ...(wrong === 'reference' ? { without: form.text } : {}) };
}

/** The changes, first to last. */
function phrases({ code, facts: { steps } }: CandidateFingerprint): string {
  const own = transformCodes.filter((known) => known === code);
  return [...(steps ?? own)]
    .reverse()
    .map((step) => transformOf[step].words.phrase)
    .join(' and ');
}

/** Otherwise the participants' secrets are the changed ones. */
const blamesReference = ({ distorted }: Facts, observations: Observations): boolean =>
  distorted === referenceName(observations);

const hold = (names: readonly string[], maybe = ''): string =>
  `${list(names)} ${maybe}${names.length === 1 ? 'holds' : 'hold'}`;

/** The wrong reference, or without a reference the wrong majority. */
const itself = ({ reference }: Observations, maybe = ''): string =>
  reference === null ? `The others themselves ${maybe}hold` : `${reference} itself ${maybe}holds`;

const referenceVersion = (observations: Observations): string | null =>
  participant(observations, observations.reference ?? undefined)?.reading?.version ?? null;
