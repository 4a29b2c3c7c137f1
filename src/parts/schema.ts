import * as z from 'zod';
import { candidateCodes } from '../finding-codes.js';
import {
  type Attempt,
  algorithms,
  attemptDoubts,
  type CandidateFacts,
  type CandidateFingerprint,
  controls,
  type FollowUpResult,
  type LastRotation,
  type MintedToken,
  type Observation,
  type ObservedRotation,
  type OpenRotation,
  proofOutcomes,
  type ReadError,
  type Reading,
  readErrorCodes,
  roles,
  type Said,
  type UnverifiedProof,
} from '../model.js';
import { openRotationStates, rotationModes, rotationStates } from '../rotation-model.js';
import { transformCodes } from '../transforms/codes.js';
import type { Part } from './part.js';
import { fitFilter, fitStep, fitStoreCommands } from './pasted-commands.js';

/** Longer lists and texts are not written by any check. */
const mostItems = 1_000_000;
const longestText = 16_384;

/** Every member: one that is not listed would be left out without notice. */
type Shape<T> = { readonly [Key in keyof Required<T>]: z.ZodType };

const text = z.string().max(longestText);
const name = text;
const listOf = <T extends z.ZodType>(item: T) => z.array(item).max(mostItems);
const count = z.int().min(0);
const ms = z.number().min(0);
const port = z.int().min(0).max(65_535);
const fingerprint = z.string().regex(/^[0-9a-f]{8,64}$/);
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const moment = z.iso.datetime();
const outcome = z.enum(proofOutcomes);
const attemptResult = z.enum(['accepted', 'rejected', 'inconclusive']);
const token = z.enum(['genuine', ...controls]);
const nullable = <T extends z.ZodType>(type: T) => type.nullable();

const step = z
  .union([z.object({ command: text }), z.object({ text })])
  .transform((one) => ('command' in one ? fitStep(one.command) : one));

const readError = z.object({
  code: z.enum(readErrorCodes),
  message: text,
  hint: z.exactOptional(text),
  steps: z.exactOptional(listOf(step)),
} satisfies Shape<ReadError>);

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

const said = z.object({
  words: listOf(text),
  form: z.enum(['json', 'html', 'text', 'stream', 'none']),
  members: z.record(text, z.union([text, z.number(), z.boolean(), z.null()])),
  layer: nullable(text),
  location: nullable(text),
} satisfies Shape<Said>);

const claim = z.enum(['same', 'different', 'absent', 'unset']);

const mintedToken = z.object({
  participant: name,
  signer: nullable(fingerprint),
  algorithm: z.enum(algorithms),
  issuedAt: nullable(z.number()),
  notBefore: nullable(z.number()),
  expiresAt: nullable(z.number()),
  receivedAt: z.number(),
  isFresh: nullable(z.boolean()),
  issuer: claim,
  audience: claim,
  accepts: z.exactOptional(listOf(fingerprint)),
  instance: z.exactOptional(nullable(name)),
} satisfies Shape<MintedToken>);

const answer = {
  participant: name,
  probe: name,
  result: attemptResult,
  status: nullable(z.int().min(0).max(999)),
  closeCode: nullable(port),
  detail: text,
  said: said.optional(),
  sequence: count.optional(),
};

const attempt = z.object({
  ...answer,
  minter: nullable(name),
  token,
  tokenType: nullable(name),
  version: name.optional(),
  backdated: z.boolean().optional(),
  expected: z.enum(['accepted', 'rejected']),
  latencyMs: ms,
  reason: nullable(z.enum([...readErrorCodes, 'misconfigured', 'not-minted', ...attemptDoubts])),
  clockOffsetMs: z.number().optional(),
  isFirst: z.boolean().optional(),
  observedAt: moment.optional(),
  minted: mintedToken.optional(),
} satisfies Shape<Attempt>);

const facts = z.object({
  version: z.exactOptional(name),
  current: z.exactOptional(name),
  createdAt: z.exactOptional(nullable(name)),
  staleSince: z.exactOptional(nullable(name)),
  environment: z.exactOptional(name),
  reference: z.exactOptional(nullable(name)),
  participant: z.exactOptional(name),
  name: z.exactOptional(text),
  inChain: z.exactOptional(z.boolean()),
  taken: z.exactOptional(nullable(text)),
  hash: z.exactOptional(name),
  probable: z.exactOptional(z.boolean()),
  steps: z.exactOptional(listOf(z.enum(transformCodes))),
  mixed: z.exactOptional(z.boolean()),
  length: z.exactOptional(count),
  position: z.exactOptional(count),
  character: z.exactOptional(name),
  probably: z.exactOptional(z.boolean()),
  tried: z.exactOptional(count),
  alternatives: z.exactOptional(listOf(text)),
} satisfies Shape<CandidateFacts>);

const candidate = z
  .object({
    code: z.enum(candidateCodes),
    of: nullable(name),
    undone: z.boolean(),
    text,
    fingerprint,
    facts,
    filter: z.exactOptional(text),
  } satisfies Shape<CandidateFingerprint>)
  .transform(({ filter, ...one }) => (filter === undefined || !fitFilter(filter) ? one : { ...one, filter }));

const change = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('nothing'),
    token,
    tokenType: z.exactOptional(name),
    settleMs: z.exactOptional(ms),
    backdated: z.exactOptional(z.boolean()),
    yearAgo: z.exactOptional(z.boolean()),
    in1970: z.exactOptional(z.boolean()),
  }),
  z.object({
    what: z.literal('claim'),
    claim: nullable(name),
    claims: z.exactOptional(listOf(name)),
    absent: z.exactOptional(z.boolean()),
    otherValue: z.exactOptional(z.boolean()),
    seconds: z.exactOptional(z.number()),
  }),
  z.object({ what: z.literal('algorithm'), algorithm: z.enum(algorithms) }),
  z.object({ what: z.literal('key-encoding'), encoding: name }),
  z.object({ what: z.literal('key') }),
  z.object({ what: z.literal('issued-at'), seconds: z.number(), measured: z.boolean() }),
  z.object({ what: z.literal('header'), field: z.enum(['kid', 'typ']), value: nullable(text) }),
  z.object({ what: z.literal('placement'), headers: z.record(name, text) }),
]);

const followUp = z.object({
  ...answer,
  changed: change,
  text,
  form: nullable(candidate),
  signatureVerified: z.exactOptional(z.boolean()),
  keeps: z.exactOptional(text),
} satisfies Shape<FollowUpResult>);

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
