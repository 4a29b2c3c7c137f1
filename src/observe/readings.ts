import { probeNames } from '../config/probe-names.js';
import {
  type Fingerprint,
  type Instance,
  type MintedToken,
  mintSource,
  type Observation,
  type ReadError,
  type Reading,
} from '../model.js';
import { fingerprintOf, sameFingerprint } from '../secret/fingerprint.js';
import type { Secret } from '../secret/secret.js';
import { elapsed } from './attempts.js';
import type { ObserveContext } from './context.js';
import type { Plan, PlannedParticipant } from './plan.js';
import { presenterOf } from './probes/presenter.js';
import { expectedName, missingProof, proofsOf, requiresProof } from './proofs.js';
import { readerOf } from './sources/reader.js';
import type { SourceResult } from './sources/source.js';
import type { MintEndpoint } from './tokens/mint-endpoint.js';
import { ProofOfKey } from './tokens/proof-of-key.js';
import { timeProblem, unusable } from './tokens/verify.js';

/** The result of reading one participant, and its duration. */
export interface Read {
  readonly result: SourceResult;
  readonly latencyMs: number;
}

/**
 * Reads a participant's source, or without a source a token of its mint endpoint. `null` if it has neither.
 * @param endpoints mint endpoints by participant
 */
export async function read(
  participant: PlannedParticipant,
  endpoints: ReadonlyMap<string, MintEndpoint>,
  context: ObserveContext,
): Promise<Read | null> {
  const { source } = participant.settings;
  const endpoint = endpoints.get(participant.name);
  if (source === undefined && endpoint === undefined) return null;
  const started = performance.now();
  if (context.signal.aborted) {
    const message = 'it was not asked: the time for the whole check was over';
    return { result: { is: 'error', error: { code: 'timeout', message } }, latencyMs: 0 };
  }
  const result =
    source === undefined ? await tokensOf(endpoint) : await readerOf(source).read(source, context);
  return { result: verifiable(participant, result), latencyMs: elapsed(started) };
}

/**
 * Proofs are verified for the name that they must be made for. Like tokens, they are verified with every known
 * secret.
 */
function verifiable({ name, settings }: PlannedParticipant, result: SourceResult): SourceResult {
  if (result.is !== 'proofs') return result;
  const service = expectedName(name, settings);
  const tokens = result.answers.map((answer) => new ProofOfKey(service, answer));
  const { error, unusable = [] } = result;
  return { is: 'tokens', tokens, isFresh: true, error, unusable };
}

async function tokensOf(endpoint: MintEndpoint | undefined): Promise<SourceResult> {
  const outcomes = (await endpoint?.read()) ?? [];
  const tokens = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  const [failure] = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  if (tokens.length === 0 && failure !== undefined) return { is: 'error', error: failure };
  return { is: 'tokens', tokens, isFresh: null };
}

/** Facts about a participant beside its reading. */
interface Known {
  /** Its own tokens. */
  readonly minted: readonly MintedToken[];
  /** Keys of an open rotation: a proof has to be that of the key which the answer shows. */
  readonly others: readonly Secret[];
}

/**
 * Converts a participant to the form for the judge.
 * @param right the reference's secret, to verify proofs; `null` if it is not available
 */
export function observation(
  plan: Plan,
  participant: PlannedParticipant,
  read: Read | null,
  right: Secret | null,
  { minted, others }: Known,
  context: ObserveContext,
): Observation {
  const { settings } = participant;
  const probes = settings.probes ?? [];
  const names = probeNames(probes, context.label);
  const shown =
    read?.result.is === 'tokens'
      ? readingOfTokens(minted)
      : read === null
        ? null
        : readingOf(read.result, context.fingerprintLength);
  const proofs = read === null ? [] : proofsOf(participant, read.result, right, others);
  const reading = shown === null || proofs.length === 0 ? shown : { ...shown, proofs };
  const failure = read === null ? null : failureOf(read.result, minted[0]?.receivedAt ?? 0);
  return {
    ...configuredParticipant(plan, participant, context),
    target: targetOf(settings, context),
    ...holderOf(settings, reading, context),
    probes: probes.map((probe, index) => ({
      name: names[index] ?? probe.kind,
      kind: probe.kind,
      target: presenterOf(probe).target(probe, context),
    })),
    reading,
    error: failure ?? missingProof(plan, participant, reading, right, context),
    latencyMs: read === null ? null : read.latencyMs,
    ...(requiresProof(settings) ? { requiresProof: true } : {}),
  };
}

/** The configured facts about a participant, without any observation. */
export function configuredParticipant(
  { reference }: Pick<Plan, 'reference'>,
  { name, required, settings: { role, source, mint, impact, probes = [] } }: PlannedParticipant,
  { label }: Pick<ObserveContext, 'label'>,
): ConfiguredParticipant {
  return {
    name,
    role: role ?? (name === reference ? 'reference' : probes.length > 0 ? 'verifier' : 'other'),
    source: source?.kind ?? (mint === undefined ? null : mintSource),
    required,
    impact:
      impact === undefined
        ? null
        : { mrr: impact.mrr, note: impact.note === undefined ? null : label(impact.note) },
  };
}

/** A participant as the configuration describes it. */
export type ConfiguredParticipant = Pick<Observation, 'name' | 'role' | 'source' | 'required' | 'impact'>;

function failureOf(result: SourceResult, nowSeconds: number): ReadError | null {
  if (result.is === 'secret') return null;
  if (result.is !== 'tokens' || result.error != null) return result.error ?? null;
  const problems = result.tokens.map((token) => timeProblem(token, nowSeconds));
  const [problem] = problems;
  return problem != null && problems.every((one) => one !== null) ? unusable(problem) : null;
}

function targetOf({ source, mint }: PlannedParticipant['settings'], context: ObserveContext): string | null {
  if (source !== undefined) return readerOf(source).target(source, context);
  return mint === undefined ? null : context.label(mint.url);
}

function holderOf(
  { source }: PlannedParticipant['settings'],
  reading: Reading | null,
  context: ObserveContext,
): Pick<Observation, 'holder'> {
  const holder = source === undefined ? undefined : readerOf(source).holder?.(source, context, reading);
  return holder === undefined ? {} : { holder };
}

/** Derives the key of a participant from its tokens; `null` if no known key signed them. */
export function readingOfTokens(minted: readonly MintedToken[]): Reading | null {
  const groups = new Map<string, Instance>();
  for (const { signer, instance = null } of minted) {
    if (signer === null) continue;
    const key = JSON.stringify([instance, signer]);
    groups.set(key, { instance, fingerprint: signer, samples: (groups.get(key)?.samples ?? 0) + 1 });
  }
  const instances = [...groups.values()];
  const fingerprint = commonest(instances);
  if (fingerprint === null) return null;
  // Only keys that every answer proves: a request may reach any replica.
  const named = new Set(minted.flatMap(({ accepts = [] }) => accepts));
  const others = [...named].filter((one) => minted.every(({ accepts = [] }) => accepts.includes(one)));
  const known = { version: null, provenance: null, instances, keyBytes: null };
  return { fingerprint, accepts: [...new Set([fingerprint, ...others])], ...known };
}

function readingOf(result: SourceResult, length: number): Reading | null {
  if (result.is === 'error' || result.is === 'tokens' || result.is === 'proofs') return null;
  const { version, provenance } = result;
  if (result.is === 'secret') {
    const fingerprint = fingerprintOf(result.secret, length);
    return {
      fingerprint,
      accepts: [fingerprint],
      version,
      provenance,
      instances: [{ instance: null, fingerprint, samples: 1 }],
      keyBytes: result.secret.byteLength,
    };
  }
  const { instances, accepts } = result;
  const fingerprint = commonest(instances);
  if (fingerprint === null) return null;
  return { fingerprint, accepts, version, provenance, instances, keyBytes: null };
}

/** The fingerprint of most answers; the first of several. */
function commonest(instances: readonly Instance[]): Fingerprint | null {
  let best: { fingerprint: Fingerprint; samples: number } | null = null;
  for (const { fingerprint } of instances) {
    const samples = instances
      .filter((i) => sameFingerprint(i.fingerprint, fingerprint))
      .reduce((sum, i) => sum + i.samples, 0);
    if (best === null || samples > best.samples) best = { fingerprint, samples };
  }
  return best?.fingerprint ?? null;
}
