import type { Attempt, Observations, RemedyStep } from '../../model.js';
import { oneLine } from '../../schema/shell-quote.js';
import { sameFingerprint } from '../../secret/fingerprint.js';
import type { Comparison } from '../compare.js';
import { describeAttempt, distinct, list, participant, referenceName } from '../phrases.js';
import { renew } from '../remedies.js';
import { text } from '../remedy-steps.js';
import type { Evidence, Rule } from '../rule.js';
import { mayBeBehind, statusCommand } from './shared/rotation-facts.js';

type Facts = {
  readonly version: string;
  /** The version that replaced it, if known. */
  readonly current: string | null;
  readonly probes: readonly string[];
  readonly answers: readonly string[];
  /** Only tokens that were issued before the key was replaced, by their own `iat`. */
  readonly onlyBackdated: boolean;
  /** How many tokens of these kinds were accepted and presented, if not all were accepted: its replicas differ. */
  readonly accepted?: number;
  readonly presented?: number;
  /** Replicas that report the fingerprint of the retired key. */
  readonly instances: readonly string[];
  /** Whether it reports the retired key as the one it signs with. */
  readonly isOwn: boolean;
  /** Its fingerprint endpoint lists the retired key among those that it accepts. */
  readonly isListed: boolean;
  /** Whether it agrees with the reference; `null` if unknown. */
  readonly agrees: boolean | null;
  /** An open rotation has revoked the version. */
  readonly revoked?: true;
};

/** A token of a key that was replaced is accepted, although its rejection is required. */
export const acceptsRetiredKey: Rule<Facts> = {
  code: 'accepts-retired-key',
  family: 'wrongly-taken',
  severity: 'critical',
  title: 'A token of a retired key is accepted',
  explanation:
    'A token signed with an earlier version of the secret was accepted. During a rotation that is intended: tokens of ' +
    'the old key are accepted until they have expired. After it, anyone who holds the old key can impersonate any user, ' +
    'and a rotation because of a leak has no effect. Some verifiers choose the key by the `iat` claim; they accept a ' +
    'backdated token of the old key for as long as they keep that key. The control is presented if it is named ' +
    '(`--controls retired`), and while a rotation of `jwtcheck rotate` has revoked the old key.',
  example: 'auth_service keeps the previous key in its list of accepted keys, long after the last rotation.',
  remedy:
    'Remove the old key from every verifier once its last token has expired, by the clock of the verifier and not by a claim of the token. Then disable the version.',
  proof:
    'A token of an earlier version was accepted on a probe that rejects forged tokens, and its answer is like that to a valid one.',
  incidents: ['centrifugo#1209'],
  find(observations, comparison) {
    return observations.participants.flatMap(({ name }): Evidence<Facts>[] => {
      const presented = [
        ...(comparison.tokens.controls.get(name) ?? []),
        ...(comparison.rotation?.retired ?? []).filter((a) => a.participant === name),
      ].filter((a) => a.token === 'retired');
      const accepted = presented.filter((a) => a.result === 'accepted' && !isForgedAccepted(a, observations));
      const [first] = accepted;
      return first === undefined
        ? []
        : [{ participants: [name], facts: factsOf(name, accepted, presented, observations, comparison) }];
    });
  },
  message({ participants, facts }, observations) {
    const [name = ''] = participants;
    const { version, current, onlyBackdated, accepted, presented, instances, agrees } = facts;
    const replaced = current === null ? '' : `, which version ${current} replaced`;
    const how = onlyBackdated ? ', if their `iat` is before the key was replaced' : '';
    const share =
      accepted === undefined
        ? ''
        : ` ${accepted} of ${presented} such tokens were accepted, so its replicas differ.`;
    const shown =
      instances.length === 0
        ? ''
        : ` The key is reported by ${list(
            instances.map((one) => oneLine(one)),
            3,
          )}.`;
    const why =
      agrees === true
        ? ` ${name} agrees with ${referenceName(observations)}, and may accept the old key on purpose during a rotation; it is critical because this check requires its rejection (control \`retired\`).`
        : '';
    return `${name} accepts tokens of version ${version}${replaced}${how} (${list(facts.probes)}).${share}${shown}${why}`;
  },
  fix({ participants, facts }, observations) {
    const name = oneLine(participants[0] ?? '');
    const { version, onlyBackdated, isOwn, isListed, instances } = facts;
    const replicas =
      instances.length === 0
        ? 'every replica'
        : list(
            instances.map((one) => oneLine(one)),
            3,
          );
    const drop: readonly RemedyStep[] = isOwn
      ? renew(observations, participants)
      : [
          text(
            `Remove version ${version} from the keys that ${name} accepts${isListed ? ' (its fingerprint endpoint lists it in `accepts`)' : ''}, then restart or redeploy ${replicas}.`,
          ),
        ];
    return [
      ...(onlyBackdated
        ? [
            text(
              `${name} chooses the key by the claim \`iat\`, which anyone who holds the old key can set. Accept the old key until a fixed time of the clock of ${name} instead, and for no token after it.`,
            ),
          ]
        : []),
      ...drop,
      ...(facts.revoked === true
        ? [mayBeBehind, text('See what the rotation waits for:'), statusCommand(observations)]
        : [
            text(
              `If a rotation is still under way, wait until the last token of version ${version} has expired; until then, check without \`retired\`.`,
            ),
          ]),
    ];
  },
};

function factsOf(
  name: string,
  accepted: readonly Attempt[],
  presented: readonly Attempt[],
  observations: Observations,
  { agrees, rotation }: Comparison,
): Facts {
  const reading = participant(observations, name)?.reading;
  const version = accepted[0]?.version ?? '';
  const revoked = rotation !== null && accepted.some((a) => rotation.retired.includes(a));
  const ofRotation = rotation?.observed.keys.find((one) => String(one.version) === version)?.fingerprint;
  const key = (revoked ? ofRotation : observations.retiredKey?.fingerprint) ?? null;
  const isKey = (fingerprint: string): boolean => key !== null && sameFingerprint(fingerprint, key);
  const onlyBackdated = accepted.every((a) => a.backdated === true);
  const kinds = new Set(accepted.map(kindOf));
  // A backdated token may be rejected for its age alone: only the same kind shows that replicas differ.
  const given = presented.filter((a) => kinds.has(kindOf(a)));
  const probes = distinct(accepted.map((a) => a.probe));
  const isOwn = reading != null && isKey(reading.fingerprint);
  return {
    version,
    current: participant(observations, observations.reference ?? undefined)?.reading?.version ?? null,
    probes,
    answers: distinct(accepted.map(describeAttempt)),
    onlyBackdated,
    ...(accepted.length === given.length ? {} : { accepted: accepted.length, presented: given.length }),
    instances: (reading?.instances ?? []).flatMap(({ instance, fingerprint }) =>
      instance !== null && isKey(fingerprint) ? [instance] : [],
    ),
    isOwn,
    isListed: !isOwn && reading?.accepts.some(isKey) === true,
    agrees: agrees.get(name) ?? null,
    ...(revoked ? { revoked } : {}),
  };
}

const kindOf = ({ probe, tokenType, backdated }: Attempt): string =>
  JSON.stringify([probe, tokenType, backdated]);

/** A probe that accepts forged tokens accepts any key. */
const isForgedAccepted = ({ participant: name, probe }: Attempt, { attempts }: Observations): boolean =>
  attempts.some(
    (a) => a.participant === name && a.probe === probe && a.token === 'forged' && a.result === 'accepted',
  );
