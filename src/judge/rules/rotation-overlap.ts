import { sameFingerprint } from '../../secret/fingerprint.js';
import { list, participant, referenceName, verbFor } from '../phrases.js';
import type { Rule } from '../rule.js';

type Facts = {
  readonly fingerprints: readonly string[];
  readonly newKey: string;
  readonly lacksNewKey: readonly string[];
  /** Participants that claim to accept the new key, without a token that proves it. */
  readonly claimsNewKey?: readonly string[];
  readonly acceptsOldKey: readonly string[];
};

/** A rotation is in progress, and both keys are accepted. */
export const rotationOverlap: Rule<Facts> = {
  code: 'rotation-overlap',
  family: 'agreement',
  severity: 'info',
  title: 'A rotation is in progress',
  explanation:
    'The participant signs with a key other than that of the reference, but also verifies with the key of the ' +
    'reference, and accepted a valid token to prove it. This is the normal middle state of a rotation without an ' +
    'outage.',
  example: 'backend_service signs with version 6 and accepts versions 6 and 7.',
  remedy: 'Finish the rotation: make every participant sign with the new key, then remove the old one.',
  proof: "`accepts` names the reference's fingerprint, and a valid token was accepted.",
  incidents: ['hono#2688', 'superset PR 43524'],
  find(observations, comparison) {
    const right = comparison.reference?.fingerprint;
    if (comparison.overlapping.length === 0 || right === undefined) return [];
    const overlapping = new Set(comparison.overlapping);
    const old = observations.participants.flatMap((p) =>
      overlapping.has(p.name) && p.reading !== null ? [p.reading.fingerprint] : [],
    );
    // The old key must stay while a participant signs with it. After that, these participants must remove it.
    const acceptsOld = observations.participants.filter(
      (p) =>
        !overlapping.has(p.name) &&
        comparison.agrees.get(p.name) === true &&
        p.reading?.accepts.some((a) => old.some((o) => sameFingerprint(a, o))),
    );
    const claims = new Set(
      observations.participants
        .filter((p) => p.reading?.accepts.some((a) => sameFingerprint(a, right)))
        .map((p) => p.name),
    );
    const unproved = comparison.differing.filter((name) => claims.has(name));
    return [
      {
        participants: comparison.overlapping,
        facts: {
          fingerprints: [...new Set(old)],
          newKey: right,
          lacksNewKey: comparison.differing.filter((name) => !claims.has(name)),
          ...(unproved.length > 0 ? { claimsNewKey: unproved } : {}),
          acceptsOldKey: [...comparison.overlapping, ...acceptsOld.map((p) => p.name)],
        },
      },
    ];
  },
  message({ participants, facts }, observations) {
    const from = referenceName(observations);
    const sentence = `${list(participants)} still ${verbFor(participants, 'signs', 'sign')} with the old key, and ${verbFor(participants, 'accepts', 'accept')} that of ${from} too.`;
    const { lacksNewKey: lacking, claimsNewKey: claiming = [] } = facts;
    const unproved =
      claiming.length === 0
        ? ''
        : ` ${list(claiming)} ${verbFor(claiming, 'claims', 'claim')} to accept the new key, and no token proved it.`;
    if (lacking.length > 0)
      return `${sentence} ${list(lacking)} still ${verbFor(lacking, 'lacks', 'lack')} the new key.${unproved}`;
    return claiming.length > 0 ? `${sentence}${unproved}` : `${sentence} No participant lacks the new key.`;
  },
  fix({ participants, facts }, observations) {
    const { lacksNewKey: lacking } = facts;
    const version = participant(observations, observations.reference ?? undefined)?.reading?.version;
    const key = /^\d+$/.test(version ?? '') ? `version ${version}` : 'the new key';
    const first = lacking.length === 0 ? '' : `Have ${list(lacking)} accept ${key} first. `;
    return `${first}Have ${list(participants)} sign with ${key}; once no participant signs with the old one and its tokens have expired, remove it from ${list(facts.acceptsOldKey)}.`;
  },
};
