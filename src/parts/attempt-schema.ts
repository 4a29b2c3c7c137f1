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
  type MintedToken,
  readErrorCodes,
  type Said,
} from '../model.js';
import { transformCodes } from '../transforms/codes.js';
import {
  count,
  fingerprint,
  listOf,
  moment,
  ms,
  name,
  nullable,
  port,
  type Shape,
  text,
} from './part-fields.js';
import { fitFilter } from './pasted-commands.js';

const attemptResult = z.enum(['accepted', 'rejected', 'inconclusive']);
const token = z.enum(['genuine', ...controls]);

const said = z.object({
  words: listOf(text),
  form: z.enum(['json', 'html', 'text', 'stream', 'none']),
  members: z.record(text, z.union([text, z.number(), z.boolean(), z.null()])),
  layer: nullable(text),
  location: nullable(text),
} satisfies Shape<Said>);

const claim = z.enum(['same', 'different', 'absent', 'unset']);

export const mintedToken = z.object({
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

export const attempt = z.object({
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

export const candidate = z
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

export const followUp = z.object({
  ...answer,
  changed: change,
  text,
  form: nullable(candidate),
  signatureVerified: z.exactOptional(z.boolean()),
  keeps: z.exactOptional(text),
} satisfies Shape<FollowUpResult>);
