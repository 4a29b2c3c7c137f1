import type { Instance, Observations } from '../../model.js';
import { sameFingerprint } from '../../secret/fingerprint.js';
import type { Comparison } from '../compare.js';
import { tokenOf } from '../follow-ups.js';
import { list, participant } from '../phrases.js';
import { adopt, renew } from '../remedies.js';
import { withSentence } from '../remedy-steps.js';
import type { Rule } from '../rule.js';
import { isKnownByProof } from '../signing.js';

type Counts = { readonly [fingerprint: string]: number };

type Facts = {
  /** The number of its own tokens that each key signed. */
  readonly signers?: Counts;
  readonly byProof?: true;
  /** The number of answers that reported each fingerprint. */
  readonly fingerprints?: Counts;
  /** Known explanations of these fingerprints, in words. */
  readonly known?: { readonly [fingerprint: string]: string };
  /** Of these: the older versions of the reference's secret. */
  readonly older?: { readonly [fingerprint: string]: string };
  readonly eachItsOwn?: true;
  /** The number of acceptances and rejections of the same valid tokens. */
  readonly accepted?: number;
  readonly rejected?: number;
};

/** Behind one address, replicas hold different secrets. */
export const replicasDisagree: Rule<Facts> = {
  code: 'replicas-disagree',
  family: 'which-secret',
  severity: 'by-role',
  title: 'Replicas of one service disagree',
  explanation:
    'The same request on new connections got different answers: some replicas started before a change of the secret ' +
    'and some after it, or each replica generates its own key. Users see errors that come and go.',
  example: 'Three of five answers of auth_service report 200718bd, two report 9b1c0f2e.',
  remedy:
    'Restart every replica, and make all of them read one pinned version of the secret. If some hold the secret of the reference, and the participant has a `rollout` in the configuration, `jwtcheck fix` plans the restart.',
  proof:
    'New connections to one address reported several fingerprints, minted tokens with several keys, or both accepted ' +
    'and rejected the same kind of token.',
  incidents: ['anyplot PR 11208', 'PostgREST#317', 'pgwatch#1544', 'flask-login#392', 'wg-manager#23'],
  find(observations, comparison) {
    return comparison.split.flatMap((name) => {
      const found = participant(observations, name);
      const instances = found?.reading?.instances ?? [];
      const ratio = new Map<string, number>();
      for (const i of instances) ratio.set(i.fingerprint, (ratio.get(i.fingerprint) ?? 0) + i.samples);
      const flips = comparison.tokens.flipping.has(name);
      const attempts = [
        ...observations.attempts.filter((a) => a.participant === name && a.token === 'genuine'),
        ...observations.followUps.filter((t) => t.participant === name && tokenOf(t) === 'genuine'),
      ];
      const tokens = comparison.signing.mixed.has(name) ? signersOf(comparison, name) : null;
      const shown = [...ratio.keys(), ...Object.keys(tokens ?? {})];
      const known = knownAs(shown, name, observations);
      const older = olderVersions(shown, observations);
      const explained = {
        ...(known.size > 0 ? { known: Object.fromEntries(known) } : {}),
        ...(older.length > 0 ? { older: Object.fromEntries(older) } : {}),
      };
      return [
        {
          participants: [name],
          facts: {
            ...(tokens === null
              ? {}
              : {
                  signers: tokens,
                  ...(isKnownByProof(comparison.signing.byParticipant.get(name))
                    ? ({ byProof: true } as const)
                    : {}),
                  ...explained,
                }),
            ...(ratio.size > 1 && tokens === null
              ? {
                  fingerprints: Object.fromEntries(ratio),
                  ...explained,
                  ...(eachItsOwn(instances) && known.size === 0 ? ({ eachItsOwn: true } as const) : {}),
                }
              : {}),
            ...(flips && ratio.size <= 1 && tokens === null
              ? {
                  accepted: attempts.filter((a) => a.result === 'accepted').length,
                  rejected: attempts.filter((a) => a.result === 'rejected').length,
                }
              : {}),
          },
        },
      ];
    });
  },
  message({ participants, facts }) {
    const { fingerprints, signers, known = {} } = facts;
    if (signers !== undefined) {
      const parts = Object.entries(signers).map(
        ([fingerprint, count]) => `${count} × ${known[fingerprint] ?? fingerprint}`,
      );
      const how = facts.byProof ? 'prove to hold' : 'sign tokens with';
      return `Replicas of ${participants[0]} ${how} different secrets: ${list(parts)}.`;
    }
    if (fingerprints === undefined) {
      return `Replicas of ${participants[0]} disagree: of the same valid tokens ${facts.accepted} were accepted and ${facts.rejected} rejected.`;
    }
    const parts = Object.entries(fingerprints).map(([fingerprint, count]) => {
      const what = known[fingerprint];
      return `${count} × ${fingerprint}${what === undefined ? '' : ` (${what})`}`;
    });
    const sentence = `Replicas of ${participants[0]} hold different secrets: ${list(parts)}.`;
    return facts.eachItsOwn
      ? `${sentence} None of them is known: every process seems to generate its own key.`
      : sentence;
  },
  fix({ participants, facts }, observations) {
    if (facts.eachItsOwn) {
      return withSentence(
        `In ${participants[0]}, look for a key that is generated at start where the secret is not set.`,
        adopt(observations, participants),
      );
    }
    return renew(observations, participants);
  },
};

/** The number of its own tokens that each key signed. */
function signersOf({ signing }: Comparison, name: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { signer } of signing.byParticipant.get(name) ?? []) {
    const key = signer ?? 'an unknown one';
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Known explanations of these fingerprints, in words. */
function knownAs(
  fingerprints: readonly string[],
  name: string,
  observations: Observations,
): Map<string, string> {
  const known = new Map<string, string>();
  for (const fingerprint of fingerprints) {
    const holder = observations.participants.find(
      (p) => p.name !== name && p.reading !== null && sameFingerprint(p.reading.fingerprint, fingerprint),
    );
    const form = observations.candidates.find(
      (f) => !f.undone && f.of !== name && sameFingerprint(f.fingerprint, fingerprint),
    );
    const reference = participant(observations, observations.reference ?? undefined)?.reading;
    if (reference && sameFingerprint(reference.fingerprint, fingerprint))
      known.set(fingerprint, `that of ${observations.reference}`);
    else if (form !== undefined)
      known.set(fingerprint, form.of === null ? form.text : `${form.of} ${form.text}`);
    else if (holder !== undefined) known.set(fingerprint, `that of ${holder.name}`);
  }
  return known;
}

/** The fingerprints of unchanged older versions of the reference's secret, with the version. */
function olderVersions(
  fingerprints: readonly string[],
  { candidates, reference }: Observations,
): [string, string][] {
  const versions = candidates.filter(
    ({ code, of, undone, facts }) =>
      code === 'stale-secret-version' && of === reference && !undone && facts.steps === undefined,
  );
  return fingerprints.flatMap((fingerprint) => {
    const version = versions.find((one) => sameFingerprint(one.fingerprint, fingerprint))?.facts.version;
    return version === undefined ? [] : [[fingerprint, version]];
  });
}

/** Several replicas, each with a key that no other one has. */
function eachItsOwn(instances: readonly Instance[]): boolean {
  return (
    instances.length > 1 &&
    instances.every((one) =>
      instances.every((other) => one === other || !sameFingerprint(one.fingerprint, other.fingerprint)),
    )
  );
}
