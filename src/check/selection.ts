import { type RequestedControls, requestedControls } from '../config/controls.js';
import type { EnvironmentSettings, ParticipantSettings, Settings } from '../config/schema.js';
import { isReached, type PartName, readsReference } from '../config/shards.js';
import { UsageError } from '../errors.js';
import { defaultReach, type RequestedControl } from '../model.js';
import type { CrossReference, Fallback, Plan, PlannedParticipant } from '../observe/plan.js';
import { readerOf, yieldsSecret } from '../observe/sources/reader.js';
import { quoted } from '../schema/path.js';
import { didYouMean } from '../schema/suggest.js';
import { hasUnsetVariables } from '../schema/variables.js';
import { parseFingerprint } from '../secret/fingerprint.js';
import { Secret } from '../secret/secret.js';
import { planOfShare } from './share.js';

/** Options that limit a check. Each is also a flag of the command. */
export interface Selection {
  /** Check only these participants, and the reference. */
  readonly only?: readonly string[] | undefined;
  /** Check all participants except these. */
  readonly skip?: readonly string[] | undefined;
  /** Check only this part of the environment. */
  readonly part?: PartName | undefined;
  /** Whether `jwtcheck judge` decides, which has all parts. Otherwise the part is checked like a whole. */
  readonly isJudgedLater?: boolean | undefined;
  /** Participants of the configuration that the other options exclude, and that the settings may lack. */
  readonly leftOut?: readonly string[] | undefined;
  /** Participants that may be unreachable while the verdict is still consistent. */
  readonly allowUnreachable?: readonly string[] | undefined;
  /** `false`: compare fingerprints only. */
  readonly probes?: boolean | undefined;
  /** `false`: no additional attempts after a valid token is rejected. */
  readonly followUp?: boolean | undefined;
  readonly controls?: 'all' | 'none' | readonly RequestedControl[] | undefined;
  /** A fingerprint to compare with instead of the configured reference. */
  readonly expect?: string | undefined;
  /** The maximum number of concurrent requests. */
  readonly concurrency?: number | undefined;
}

/** Name of the participant that represents an expected fingerprint. */
const expectedName = 'expected';

/**
 * Reduces a configuration to the plan of one check.
 * @throws UsageError if the selection names an unknown environment or participant
 */
export function planOf(settings: Settings, environment: string, selection: Selection): Plan {
  const configured = settings.environments[environment];
  if (configured === undefined) throw new UsageError(`unknown environment ${environment}`);
  const names = [...new Set([...Object.keys(configured.participants), ...(selection.leftOut ?? [])])];
  const { only = [], skip = [], allowUnreachable = [], part, isJudgedLater = false } = selection;
  if (part !== undefined) checkReach(part, configured, isJudgedLater);
  for (const [flag, given] of Object.entries({ only, skip, 'allow-unreachable': allowUnreachable })) {
    for (const name of given) if (!names.includes(name)) throw unknownName(flag, name, names);
  }
  const expected = expectedParticipant(selection.expect);
  const isReference = (name: string): boolean => name === configured.reference;
  const keep = (name: string): boolean =>
    !skip.includes(name) && (only.length === 0 || only.includes(name) || isReference(name));
  const isLookedAt = (name: string, { reach }: ParticipantSettings): boolean =>
    keep(name) && (part === undefined || isJudgedLater || isReference(name) || isReached({ reach }, part));
  const kept: PlannedParticipant[] = Object.entries(configured.participants)
    .filter(([name, participant]) => isLookedAt(name, participant))
    .map(([name, participant]) => ({
      name,
      settings: selection.probes === false ? withoutProbes(participant, isReference(name)) : participant,
      required: !participant.optional && !allowUnreachable.includes(name),
    }));
  const reference =
    configured.reference !== undefined && keep(configured.reference) ? configured.reference : null;
  const pinnedName = freeName(expectedName, names);
  const plan: Plan = {
    environment,
    reference: expected === null ? reference : pinnedName,
    configuredReference: configured.reference ?? null,
    participants:
      expected === null ? kept : [{ name: pinnedName, settings: expected, required: true }, ...kept],
    token: settings.token,
    ...controlsOf(settings, configured, selection),
    currency: settings.currency,
    fallbacks: fallbacksOf(settings, environment, configured),
    crossReferences: otherReferencesOf(settings, environment),
    aliases: settings.rotation.aliases,
    concurrency: selection.concurrency ?? settings.concurrency,
    ...(selection.probes === false ? { fingerprintsOnly: true } : {}),
    followUp: {
      enabled: settings.followUp.enabled && selection.followUp !== false,
      maxAttempts: settings.followUp.maxAttempts,
    },
  };
  return part !== undefined && isJudgedLater ? planOfShare(plan, part) : plan;
}

/** @throws UsageError for an unknown label, and if this run has to decide without the configured reference */
function checkReach(
  part: PartName,
  { participants, reference = '' }: EnvironmentSettings,
  isJudgedLater: boolean,
): void {
  const labels = new Set([defaultReach, ...Object.values(participants).flatMap((one) => one.reach ?? [])]);
  for (const label of part.reach ?? [])
    if (!labels.has(label))
      throw new UsageError(
        `--reach: no participant has the label ${quoted(label)}${didYouMean(label, [...labels])}`,
        `Labels: ${[...labels].join(', ')}.`,
      );
  const label = participants[reference]?.reach;
  if (!isJudgedLater && !readsReference({ reach: label }, part))
    throw new UsageError(
      `--reach: the reference ${reference} is reached only from ${label}, so that this run cannot compare with it`,
      'Write what this run observes, and judge it together with a run that reads the reference: -f observations:part.json, then jwtcheck judge.',
    );
}

/** @throws UsageError if `retired` is among them, and earlier keys cannot be read */
function controlsOf(
  settings: Settings,
  { reference, participants }: EnvironmentSettings,
  { probes, controls, expect, skip = [], part }: Selection,
): RequestedControls {
  const requested = requestedControls(probes === false ? 'none' : (controls ?? settings.controls));
  if (!requested.controls.includes('retired')) return requested;
  const { source, reach } = participants[reference ?? ''] ?? {};
  // Presented by the runs that read the reference.
  if (part !== undefined && !readsReference({ reach }, part)) return requested;
  const obstacle =
    expect !== undefined
      ? '--expect replaces the reference'
      : reference === undefined
        ? 'the environment has no reference'
        : skip.includes(reference)
          ? `--skip excludes ${reference}`
          : source === undefined || readerOf(source).earlierVersion === undefined
            ? `${reference} is read from ${source?.kind ?? 'no source'}, which keeps none`
            : null;
  if (obstacle === null) return requested;
  throw new UsageError(
    `the control retired needs earlier versions of the reference's secret, as in Google Secret Manager; ${obstacle}`,
    'Remove retired from `controls`, or choose other controls: --controls forged,missing.',
  );
}

/**
 * Keeps the role of verifier, which follows from the removed probes. A mint endpoint stays if it is the only way to
 * read the participant.
 */
function withoutProbes(participant: ParticipantSettings, isReference: boolean): ParticipantSettings {
  const { probes = [], mint, ...rest } = participant;
  const isVerifier = rest.role === undefined && probes.length > 0 && !isReference;
  return {
    ...rest,
    ...(isVerifier ? { role: 'verifier' } : {}),
    ...(rest.source === undefined && mint !== undefined ? { mint } : {}),
  };
}

function expectedParticipant(fingerprint: string | undefined): ParticipantSettings | null {
  if (fingerprint === undefined) return null;
  if (parseFingerprint(fingerprint, 64) === null) {
    throw new UsageError(
      '--expect takes 8 to 64 hex digits of a SHA-256',
      'Print it with: printf %s "$SECRET" | jwtcheck fingerprint',
    );
  }
  return { role: 'reference', optional: false, source: { kind: 'pinned', fingerprint } };
}

function fallbacksOf(settings: Settings, environment: string, configured: EnvironmentSettings): Fallback[] {
  const listed = settings.knownFallbacks.map((literal, index) => ({
    label: `knownFallbacks[${index}]`,
    secret: new Secret(literal),
  }));
  const own = Object.entries(configured.participants).flatMap(([name, { source }]) => {
    const fallback = source === undefined ? null : (readerOf(source).fallback?.(source) ?? null);
    if (fallback === null) return [];
    const label = `environments.${environment}.participants.${name}.source.fallback`;
    return [{ label, secret: new Secret(fallback.literal) }];
  });
  return [...own, ...listed];
}

/**
 * The references that must differ, and those that yield a secret, because a service may use one by mistake. Commands
 * of environments that are not checked do not run.
 */
function otherReferencesOf(settings: Settings, environment: string): CrossReference[] {
  const names = new Set([...Object.keys(settings.environments), ...settings.crossCheck]);
  names.delete(environment);
  return [...names].flatMap((other) => {
    const configured = settings.environments[other];
    const name = configured?.reference ?? null;
    const source = name === null ? null : (configured?.participants[name]?.source ?? null);
    // The variables of an environment that must differ are all set.
    const crossCheck = settings.crossCheck.includes(other);
    const readable =
      source !== null &&
      readerOf(source).runsProgram !== true &&
      !hasUnsetVariables(source) &&
      yieldsSecret(source);
    return crossCheck || readable ? [{ environment: other, name, source, crossCheck }] : [];
  });
}

function freeName(wanted: string, taken: readonly string[]): string {
  return taken.includes(wanted) ? freeName(`--${wanted}`, taken) : wanted;
}

function unknownName(flag: string, name: string, names: readonly string[]): UsageError {
  return new UsageError(
    `--${flag}: unknown participant "${name}"${didYouMean(name, names)}`,
    `Participants: ${names.join(', ')}.`,
  );
}
