import * as z from 'zod';
import { controls, roles } from '../model.js';
import { probes } from '../observe/probes/index.js';
import { sources } from '../observe/sources/index.js';
import { token } from '../observe/tokens/settings.js';
import { headers, httpUrl, jsonPointer, oneOf, samples, timeout, tls } from '../schema/fields.js';
import { hostPatternHelp, parseHostPattern } from './allowed-hosts.js';
import { namesRetiredTwice, retiredOnce } from './controls.js';
import { rollout, rotation } from './rotation-schema.js';
import { reachLabel, reachLabelHelp } from './shards.js';
import { watch } from './watch-schema.js';

export type { TokenSettings } from '../observe/tokens/settings.js';

const source = oneOf(Object.values(sources).map((kind) => kind.schema)).describe(
  'How to read the secret or fingerprint of the participant.',
);

const probe = oneOf(Object.values(probes).map((kind) => kind.schema));

const mint = z
  .strictObject({
    method: z.enum(['POST', 'GET', 'PUT']).default('POST').describe('HTTP method.'),
    url: httpUrl.describe('URL of the endpoint.'),
    headers: headers.default({}),
    body: z.json().optional().describe('JSON, or a text that is sent unchanged.'),
    pointer: jsonPointer
      .default('/access_token')
      .describe('JSON Pointer (RFC 6901) to the token in the response.'),
    samples,
    tls: tls.optional(),
    timeout: timeout.optional().describe('Timeout of one request.'),
  })
  .describe(
    'An endpoint of the participant that issues tokens for tests. A token is verified before it is used.',
  );

const participant = z
  .strictObject({
    role: z.enum(roles).optional().describe('Default: verifier with probes, otherwise other.'),
    source: source.optional(),
    probes: z.array(probe).optional().describe('How to present tokens to it.'),
    mint: mint.optional(),
    impact: z
      .strictObject({
        mrr: z.number().min(0).describe('Revenue per month that depends on it.'),
        note: z.string().optional().describe('Description of what depends on it.'),
      })
      .optional()
      .describe('Impact if it does not agree.'),
    rollout: rollout.optional(),
    reach: z
      .string()
      .regex(reachLabel, reachLabelHelp)
      .optional()
      .describe(
        'Label of the network from which it is reached, for `--reach`. Default: `default`; a reference without a label is read from every network.',
      ),
    optional: z
      .boolean()
      .default(false)
      .describe('The verdict can be consistent even if it does not answer.'),
  })
  .describe('A service or store that holds, or should hold, the JWT secret.');

const environment = z.strictObject({
  reference: z.string().optional().describe('The participant that is right by definition.'),
  participants: z.record(z.string().min(1), participant).describe('Participants by name.'),
});

/** The schema of the whole configuration, from which the JSON Schema, the types and all error messages are derived. */
export const configSchema = z.strictObject({
  $schema: z
    .string()
    .optional()
    .describe('Location of the JSON Schema, for editors.')
    .meta({ examples: ['./node_modules/jwtcheck/dist/schema.json'] }),
  defaultEnvironment: z.string().optional().describe('The environment to check by default.'),
  fingerprint: z
    .strictObject({
      length: z.int().min(8).max(64).default(8).describe('Number of hex digits of a fingerprint, 8 to 64.'),
    })
    .prefault({})
    .describe('Format of fingerprints.'),
  token: token.prefault({}),
  currency: z
    .string()
    .min(1)
    .max(8)
    .default('USD')
    .describe('Currency of impact.mrr.')
    .meta({ examples: ['USD', 'EUR'] }),
  knownFallbacks: z
    .array(z.string())
    .default([])
    .describe('Fallback literals that your code contains; never a live secret.'),
  controls: z
    .union([
      z.enum(['all', 'none']),
      z
        .array(
          z.union([z.enum(controls), z.templateLiteral(['retired:', z.string().regex(/^[1-9]\d{0,14}$/)])]),
        )
        .refine((list) => !namesRetiredTwice(list), retiredOnce),
    ])
    .default(['forged', 'missing'])
    .describe(
      'Invalid tokens that probes must reject. all: every kind except retired, a token of an earlier key, which must be named; retired:6 names the version.',
    ),
  crossCheck: z
    .array(z.string())
    .default([])
    .describe('Environments whose references must differ from the reference of this one.'),
  followUp: z
    .strictObject({
      enabled: z.boolean().default(true).describe('false: no additional attempts.'),
      maxAttempts: z
        .int()
        .min(0)
        .max(1000)
        .default(24)
        .describe('Maximum number of attempts for each probe.'),
    })
    .prefault({})
    .describe('Additional attempts after a valid token was rejected.'),
  allowedHosts: z
    .array(z.string().refine((text) => parseHostPattern(text) !== null, `expected ${hostPatternHelp}`))
    .optional()
    .describe(
      'The only hosts that may be contacted, each with or without a port; *.example.com allows every name below it. Default: any host. --allow-hosts applies as well.',
    ),
  timeout: timeout.prefault('5s').describe('Timeout of one request.'),
  deadline: timeout.prefault('30s').describe('Timeout of a whole check.'),
  concurrency: z.int().min(1).max(10_000).default(32).describe('Maximum number of concurrent requests.'),
  watch: watch.prefault({}),
  rotation: rotation.prefault({}),
  environments: z.record(z.string().min(1), environment).describe('Environments by name.'),
});

/** The configuration after validation: with defaults, and durations in milliseconds. */
export type Settings = z.output<typeof configSchema>;

/** The configuration before validation. */
export type Config = z.input<typeof configSchema>;

export type EnvironmentSettings = Settings['environments'][string];
export type ParticipantSettings = EnvironmentSettings['participants'][string];
export type SourceSettings = z.output<typeof source>;
export type ProbeSettings = z.output<typeof probe>;
export type MintSettings = z.output<typeof mint>;
