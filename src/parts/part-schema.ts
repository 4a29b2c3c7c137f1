import * as z from 'zod';
import {
  algorithms,
  type LastRotation,
  type Observation,
  type ObservedRotation,
  type OpenRotation,
  proofOutcomes,
  type Reading,
  roles,
  type UnverifiedProof,
} from '../model.js';
import { openRotationStates, rotationModes, rotationStates } from '../rotation-model.js';
import { attempt, candidate, followUp, mintedToken } from './attempt-schema.js';
import type { Part } from './part.js';
import {
  count,
  digest,
  fingerprint,
  listOf,
  moment,
  ms,
  name,
  nullable,
  readError,
  type Shape,
  text,
} from './part-fields.js';
import { fitStoreCommands } from './pasted-commands.js';

const holder = z.discriminatedUnion('is', [
  z.object({ is: z.literal('service') }),
  z.object({ is: z.literal('variable'), name }),
  z.object({ is: z.literal('file'), path: text, key: nullable(name) }),
  z.object({ is: z.literal('command'), program: text }),
  z.object({
    is: z.literal('store'),
    commands: nullable(
      z.object({ read: text, readToFile: text, write: text, cloudRunFlags: nullable(text) }),
    ).transform((commands) => (commands === null ? null : fitStoreCommands(commands))),
  }),
  z.object({ is: z.literal('pin') }),
  z.object({ is: z.literal('token') }),
]);

const impact = nullable(z.object({ mrr: z.number().min(0), note: nullable(text) }));

const configured = {
  name,
  role: z.enum(roles),
  source: nullable(name),
  required: z.boolean(),
  impact,
};

const outcome = z.enum(proofOutcomes);

const reading = z.object({
  fingerprint,
  accepts: listOf(fingerprint),
  version: nullable(name),
  provenance: nullable(text),
  instances: listOf(z.object({ instance: nullable(name), fingerprint, samples: count })),
  keyBytes: nullable(count),
  proofs: z.exactOptional(
    listOf(z.object({ instance: nullable(name), fingerprint, outcome, inNameOf: nullable(name) })),
  ),
} satisfies Shape<Reading>);

const participant = z.object({
  ...configured,
  target: nullable(text),
  holder: holder.optional(),
  probes: listOf(z.object({ name, kind: name, target: text })),
  reading: nullable(reading),
  error: nullable(readError),
  mintError: readError.optional(),
  latencyMs: nullable(ms),
  requiresProof: z.boolean().optional(),
  exposes: listOf(
    z.object({ of: nullable(name), where: z.enum(['fingerprint', 'accepts', 'instance', 'version']) }),
  ).optional(),
} satisfies Shape<Observation>);

const rotationState = z.enum(openRotationStates);
const anyRotationState = z.enum(rotationStates);
const version = z.int().min(1);

const rotation = z.object({
  record: z.object({
    id: name,
    mode: z.enum(rotationModes),
    state: rotationState,
    from: version,
    to: version,
    times: z.object({
      opened: moment,
      staged: moment.optional(),
      promoted: moment.optional(),
      revoked: moment.optional(),
    } satisfies Shape<OpenRotation['times']>),
    terms: z.object({
      drain: z.record(name, z.union([ms, z.literal('reauthenticate')])),
      skew: ms,
      settle: ms,
      patience: ms,
    } satisfies Shape<OpenRotation['terms']>),
  } satisfies Shape<OpenRotation>),
  keys: listOf(z.object({ version, fingerprint })),
  unread: listOf(z.object({ version, error: readError })),
  reference: nullable(version),
  otherStates: z.exactOptional(listOf(anyRotationState)),
  stated: listOf(z.object({ participant: name, accepts: listOf(version) })),
} satisfies Shape<ObservedRotation>);

const lastRotation = z.object({
  id: name,
  mode: z.enum(rotationModes),
  from: version,
  to: nullable(version),
  outcome: z.enum(['finished', 'rolled-back']),
  openedAt: moment,
  at: moment,
} satisfies Shape<LastRotation>);

const schema = z.object({
  format: z.literal('jwtcheck-observations'),
  schemaVersion: z.literal(1),
  protocol: z.int(),
  tool: z.object({ name: z.literal('jwtcheck'), version: name }),
  configuration: digest,
  selection: digest,
  part: nullable(
    z.object({
      shard: nullable(
        z
          .object({ index: z.int().min(1), of: z.int().min(1).max(100_000) })
          .refine(({ index, of }) => index <= of, 'index: expected at most `of`'),
      ),
      reach: nullable(listOf(name)),
    }),
  ),
  environment: name,
  startedAt: moment,
  durationMs: ms,
  reference: nullable(name),
  algorithm: z.enum(algorithms),
  currency: name,
  all: listOf(z.object({ ...configured, reach: name, isOnlyRead: z.exactOptional(z.boolean()) })),
  observed: listOf(name),
  participants: listOf(participant),
  attempts: listOf(attempt),
  mintedTokens: listOf(mintedToken).optional(),
  candidates: listOf(candidate),
  followUps: listOf(followUp),
  crossChecks: listOf(
    z.object({
      environment: name,
      reference: nullable(name),
      fingerprints: listOf(fingerprint),
      error: nullable(readError),
    }),
  ),
  retiredKey: z
    .object({
      version: nullable(name),
      fingerprint: nullable(fingerprint),
      replacedAt: nullable(name),
      error: nullable(readError),
    })
    .optional(),
  unverifiedProofs: listOf(
    z.object({
      participant: name,
      instance: nullable(name),
      fingerprint: nullable(fingerprint),
      nonce: z.string().regex(/^[A-Za-z0-9_-]{22,86}$/),
      proof: nullable(digest),
      proofs: listOf(digest),
      service: nullable(name),
    } satisfies Shape<UnverifiedProof>),
  ).optional(),
  rotation: rotation.optional(),
  unreadableRotation: z.object({ message: text, hint: text }).optional(),
  lastRotation: lastRotation.optional(),
  isIncomplete: z.boolean().optional(),
  emulators: listOf(text),
} satisfies Shape<Part>);

/** Checks that a document is as a check writes it. Members that it does not know are left out. */
export function parsePart(value: unknown): { part: Part } | { issues: readonly z.core.$ZodIssue[] } {
  const parsed = schema.safeParse(value);
  return parsed.success ? { part: parsed.data } : { issues: parsed.error.issues };
}
