import * as z from 'zod';
import { controls, roles } from '../model.js';
import { probes } from '../observe/probes/index.js';
import { sources } from '../observe/sources/index.js';
import { token } from '../observe/tokens/settings.js';
import { headers, httpUrl, jsonPointer, samples, timeout, tls } from '../schema/fields.js';
import { oneOf } from '../schema/one-of.js';
import { hostPatternHelp, parseHostPattern } from './allowed-hosts.js';
import { rollout, rotation } from './rotation-schema.js';
import { watch } from './watch-schema.js';

export type { TokenSettings } from '../observe/tokens/settings.js';

const source = oneOf(Object.values(sources).map((kind) => kind.schema)).describe(
  "How the participant's secret or fingerprint is read.",
);

const probe = oneOf(Object.values(probes).map((kind) => kind.schema));

const mint = z
  .strictObject({
    method: z.enum(['POST', 'GET', 'PUT']).default('POST').describe('HTTP method.'),
    url: httpUrl.describe('URL of the endpoint.'),
    headers: headers.default({}),
    body: z.json().optional().describe('JSON, or a text sent as it is.'),
    pointer: jsonPointer
      .default('/access_token')
      .describe('JSON Pointer (RFC 6901) to the token in the response.'),
    samples,
    tls: tls.optional(),
    timeout: timeout.optional().describe('How long one request may take.'),
  })
  .describe(
    'An endpoint of the participant that issues a token for tests. The token is verified here before it is used.',
  );

const participant = z
  .strictObject({
    role: z.enum(roles).optional().describe('Default: verifier where it has probes, otherwise other.'),
    source: source.optional(),
    probes: z.array(probe).optional().describe('Ways to present a token to it.'),
    mint: mint.optional(),
    impact: z
      .strictObject({
        mrr: z.number().min(0).describe('Money a month that depends on it.'),
        note: z.string().optional().describe('What depends on it, in words.'),
      })
      .optional()
      .describe('What is at stake where it does not agree.'),
    rollout: rollout.optional(),
    optional: z
      .boolean()
      .default(false)
      .describe('Its failure to answer does not keep the verdict from being consistent.'),
  })
  .describe('Anything that holds, or should hold, the JWT secret.');

const environment = z.strictObject({
  reference: z.string().optional().describe('The participant that is right by definition.'),
  participants: z.record(z.string().min(1), participant).describe('Who holds the secret, by name.'),
});

/** The whole configuration. The JSON Schema, the types and every error come from here. */
export const configSchema = z.strictObject({
  $schema: z
    .string()
    .optional()
    .describe('For editors: where the JSON Schema is.')
    .meta({ examples: ['./node_modules/jwtcheck/dist/schema.json'] }),
  defaultEnvironment: z.string().optional().describe('The environment that is checked where none is named.'),
  fingerprint: z
    .strictObject({
      length: z.int().min(8).max(64).default(8).describe('Hex digits of a fingerprint, 8 to 64.'),
    })
    .prefault({})
    .describe('How fingerprints are taken.'),
  token: token.prefault({}),
  currency: z
    .string()
    .min(1)
    .max(8)
    .default('USD')
    .describe('What impact.mrr is counted in.')
    .meta({ examples: ['USD', 'EUR'] }),
  knownFallbacks: z
    .array(z.string())
    .default([])
    .describe('Literals that your own code hard-codes as a fallback; never a live secret.'),
  controls: z
    .union([z.enum(['all', 'none']), z.array(z.enum(controls))])
    .default(['forged', 'missing'])
    .describe('Tokens that must be rejected.'),
  crossCheck: z
    .array(z.string())
    .default([])
    .describe("Environments whose references must differ from this one's."),
  followUp: z
    .strictObject({
      enabled: z.boolean().default(true).describe('false: none at all.'),
      maxAttempts: z.int().min(0).max(1000).default(24).describe('The maximum for each probe.'),
    })
    .prefault({})
    .describe('Extra attempts per probe, only after a valid token was rejected.'),
  allowedHosts: z
    .array(z.string().refine((text) => parseHostPattern(text) !== null, `expected ${hostPatternHelp}`))
    .optional()
    .describe(
      'The only hosts that are contacted, each with or without a port; *.example.com is every name below it. Default: any host. --allow-hosts holds beside it.',
    ),
  timeout: timeout.prefault('5s').describe('How long one request may take.'),
  deadline: timeout.prefault('30s').describe('How long a whole check may take.'),
  concurrency: z.int().min(1).max(10_000).default(32).describe('How many requests may be under way at once.'),
  watch: watch.prefault({}),
  rotation: rotation.prefault({}),
  environments: z
    .record(z.string().min(1), environment)
    .describe('What is checked, by name of the environment.'),
});

/** The configuration as the program uses it: defaults filled in, durations in milliseconds. */
export type Settings = z.output<typeof configSchema>;

/** The configuration as people write it. */
export type Config = z.input<typeof configSchema>;

export type EnvironmentSettings = Settings['environments'][string];
export type ParticipantSettings = EnvironmentSettings['participants'][string];
export type SourceSettings = z.output<typeof source>;
export type ProbeSettings = z.output<typeof probe>;
export type MintSettings = z.output<typeof mint>;
