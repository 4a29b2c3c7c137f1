import type { CandidateCode } from '../finding-codes.js';
import type {
  Attempt,
  CrossCheck,
  FollowUpResult,
  Instance,
  Observation,
  Observations,
  ObservedRotation,
  ReadError,
  Reading,
  RetiredKey,
  Said,
  ShownProof,
  UnverifiedProof,
} from '../model.js';
import { fingerprintOf, fullFingerprintOf } from '../secret/fingerprint.js';
import { Secret } from '../secret/secret.js';

/** Maximum length in characters of names and versions that a service reports. */
const longestName = 128;

/** Maximum length in characters of the description of an attempt. */
const longestDetail = 160;

/** Maximum length in characters of one text of a service: enough for error messages of libraries. */
const longestWord = 400;

/** Values that must not appear in observations. */
export interface Unseen {
  /** Secrets that were read. */
  readonly secrets: readonly Secret[];
  /** Values that were inserted into the configuration. */
  readonly expanded: readonly Secret[];
  /** Fallbacks written in the configuration. They are no secrets unless they were inserted. */
  readonly fallbacks: readonly Secret[];
}

/** The treatment of a field. The names, numbers and words of jwtcheck itself stay unchanged. */
type Treatment<Value> = 'own' | ((value: Value) => Value);

/**
 * One treatment for every field. A new field does not compile until its origin is declared, and a field without a
 * treatment is removed.
 */
type Treatments<T> = { readonly [Key in keyof Required<T>]: Treatment<NonNullable<Required<T>[Key]>> };

/**
 * Removes secrets, tokens and random-looking texts from everything that a service may have said, and then truncates
 * it: a truncated secret would not be recognised. The words of jwtcheck itself stay unchanged. They contain no
 * inserted value, and a secret such as "secret" would make them unreadable.
 */
export function redact(observations: Observations, unseen: Unseen): Observations {
  const words = knownWords(observations, unseen);
  const known = new Set(words.map(fullFingerprintOf));
  const live = unseen.secrets.filter((secret) => !known.has(fullFingerprintOf(secret)));
  const scrub = Secret.scrubber([...unseen.expanded, ...live], words);
  const one = (text: string): string => scrub([text])[0] ?? '';
  const name = (text: string): string => cut(one(text), longestName);
  const detail = (text: string): string => cut(one(text), longestDetail);

  const said: Treatments<Said> = {
    words: (all) => scrub(all).map((word) => cut(word, longestWord)),
    form: 'own',
    members: (members) => {
      const values = Object.values(members);
      const texts = scrub([...Object.keys(members), ...values.map(String)]).map((t) => cut(t, longestWord));
      return Object.fromEntries(
        values.map((value, at) => {
          const shown = texts[values.length + at] ?? '';
          return [texts[at] ?? '', typeof value === 'string' || shown !== String(value) ? shown : value];
        }),
      );
    },
    layer: (layer) => cut(one(layer), longestWord),
    location: (location) => cut(one(location), longestWord),
  };
  const attempt: Treatments<Attempt> = {
    participant: 'own',
    probe: 'own',
    minter: 'own',
    token: 'own',
    tokenType: 'own',
    version: 'own',
    backdated: 'own',
    expected: 'own',
    result: 'own',
    status: 'own',
    closeCode: 'own',
    detail,
    latencyMs: 'own',
    reason: 'own',
    clockOffsetMs: 'own',
    said: (value) => treat(value, said),
    sequence: 'own',
    isFirst: 'own',
    observedAt: 'own',
    minted: 'own',
  };
  const followUp: Treatments<FollowUpResult> = {
    participant: 'own',
    probe: 'own',
    changed: 'own',
    text: 'own',
    form: 'own',
    result: 'own',
    status: 'own',
    closeCode: 'own',
    detail,
    said: (value) => treat(value, said),
    sequence: 'own',
    signatureVerified: 'own',
    keeps: 'own',
  };
  /** The target is a word of jwtcheck itself, even if it looks like an inserted value. */
  const error = (own: string | null): Treatments<ReadError> => ({
    code: 'own',
    message: (message) => (own === null ? one(message) : around(own, message, scrub)),
    hint: 'own',
    steps: 'own',
  });
  const instance: Treatments<Instance> = { instance: name, fingerprint: 'own', samples: 'own' };
  const proof: Treatments<ShownProof> = {
    instance: name,
    fingerprint: 'own',
    outcome: 'own',
    inNameOf: name,
  };
  const reading: Treatments<Reading> = {
    fingerprint: 'own',
    accepts: 'own',
    version: name,
    provenance: 'own',
    instances: (all) => all.map((value) => treat(value, instance)),
    keyBytes: 'own',
    proofs: (all) => all.map((value) => treat(value, proof)),
  };
  const participant = (target: string | null): Treatments<Observation> => ({
    name: 'own',
    role: 'own',
    source: 'own',
    target: 'own',
    holder: 'own',
    required: 'own',
    impact: 'own',
    probes: 'own',
    reading: (value) => treat(together(value, scrub), reading),
    error: (value) => treat(value, error(target)),
    mintError: (value) => treat(value, error(null)),
    latencyMs: 'own',
    requiresProof: 'own',
    exposes: 'own',
  });
  const crossCheck: Treatments<CrossCheck> = {
    environment: 'own',
    reference: 'own',
    fingerprints: 'own',
    error: (value) => treat(value, error(null)),
  };
  const retiredKey: Treatments<RetiredKey> = {
    version: 'own',
    fingerprint: 'own',
    replacedAt: 'own',
    error: (value) => treat(value, error(null)),
  };
  const unverified: Treatments<UnverifiedProof> = {
    participant: 'own',
    instance: name,
    fingerprint: 'own',
    nonce: 'own',
    proof: 'own',
    proofs: 'own',
    service: name,
  };
  const rotation: Treatments<ObservedRotation> = {
    record: (value) => ({ ...value, id: name(value.id) }),
    keys: 'own',
    unread: (all) => all.map((value) => ({ ...value, error: treat(value.error, error(null)) })),
    reference: 'own',
    otherStates: 'own',
    stated: 'own',
  };
  const everything: Treatments<Observations> = {
    environment: 'own',
    startedAt: 'own',
    durationMs: 'own',
    reference: 'own',
    algorithm: 'own',
    currency: 'own',
    participants: (all) => all.map((value) => treat(value, participant(value.target))),
    attempts: (all) => all.map((value) => treat(value, attempt)),
    mintedTokens: 'own',
    candidates: 'own',
    followUps: (all) => all.map((value) => treat(value, followUp)),
    crossChecks: (all) => all.map((value) => treat(value, crossCheck)),
    retiredKey: (value) => (value === undefined ? value : treat(value, retiredKey)),
    unverifiedProofs: (all) => all.map((value) => treat(value, unverified)),
    isIncomplete: 'own',
    rotation: (value) => (value === undefined ? value : treat(value, rotation)),
    unreadableRotation: (value) => (value === undefined ? value : { ...value, message: one(value.message) }),
    lastRotation: (value) => (value === undefined ? value : { ...value, id: name(value.id) }),
    commandFlags: 'own',
  };
  return treat(observations, everything);
}

function treat<T extends object>(value: T, treatments: Treatments<T>): T {
  const treated = { ...value };
  for (const key in treated) {
    const treatment = Object.hasOwn(treatments, key) ? treatments[key] : undefined;
    const field = treated[key];
    if (treatment === undefined) delete treated[key];
    else if (treatment !== 'own' && field !== undefined && field !== null) treated[key] = treatment(field);
  }
  return treated;
}

/** The names and the version that one service reports are redacted together: a secret may be split across them. */
function together(reading: Reading, scrub: ReturnType<typeof Secret.scrubber>): Reading {
  const { version, instances, proofs } = reading;
  const texts = scrub([
    version ?? '',
    ...instances.map((one) => one.instance ?? ''),
    ...(proofs ?? []).flatMap((one) => [one.instance ?? '', one.inNameOf ?? '']),
  ]);
  let next = 0;
  const shown = (text: string | null): string | null => {
    const found = texts[next] ?? '';
    next += 1;
    return text === null ? null : found;
  };
  return {
    ...reading,
    version: shown(version),
    instances: instances.map((one) => ({ ...one, instance: shown(one.instance) })),
    ...(proofs === undefined
      ? {}
      : {
          proofs: proofs.map((one) => ({
            ...one,
            instance: shown(one.instance),
            inNameOf: shown(one.inNameOf),
          })),
        }),
  };
}

/** Redacts a message except for a part that jwtcheck wrote. */
function around(own: string, message: string, scrub: ReturnType<typeof Secret.scrubber>): string {
  return own === '' ? (scrub([message])[0] ?? '') : scrub(message.split(own)).join(own);
}

/** Codes of values that everyone can look up, or that are no secrets. */
const notSecret: ReadonlySet<CandidateCode> = new Set([
  'hardcoded-fallback',
  'published-default',
  'secret-name-as-value',
  'unresolved-placeholder',
  'non-value',
]);

/**
 * The secrets that are known words: fallbacks, published defaults, placeholders. They are removed only in full;
 * otherwise a name such as `jwt-secret-staging` would be unreadable while `staging-jwt-secret-key` is in use.
 */
function knownWords({ candidates }: Observations, { secrets, fallbacks }: Unseen): Secret[] {
  const publicOnes = candidates
    .filter(({ code }) => notSecret.has(code))
    .map(({ fingerprint }) => fingerprint);
  const [first] = publicOnes;
  if (first === undefined) return [...fallbacks];
  const fingerprints = new Set(publicOnes);
  return [...secrets.filter((secret) => fingerprints.has(fingerprintOf(secret, first.length))), ...fallbacks];
}

/** By code points, so that no character is split. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}
