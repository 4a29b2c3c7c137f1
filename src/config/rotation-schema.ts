import * as z from 'zod';
import { duration, timeout } from '../schema/fields.js';

const minute = 60_000;
const day = 86_400_000;

/** Program and arguments, started without a shell. */
const program = z.array(z.string()).min(1);

const hooks = (state: string) =>
  z
    .array(program)
    .default([])
    .describe(
      `Programs to run, in this order, once the rotation is ${state}. Each may run more than once: an interrupted step is repeated.`,
    )
    .meta({ examples: [[['kubectl', 'rollout', 'restart', 'deployment/auth']]] });

/**
 * The form of a version alias (https://cloud.google.com/secret-manager/docs/assign-alias-to-secret-version). `latest`
 * belongs to Secret Manager, and `new` cannot be used either.
 */
const alias = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,62}$/,
    'expected a letter, then up to 62 letters, digits, hyphens or underscores',
  )
  .refine((name) => !/^(latest|new)$/i.test(name), 'this name cannot be an alias');

const aliases = z
  .strictObject({
    current: alias.default('current').describe('The version that services sign with.'),
    next: alias
      .default('next')
      .describe('The version that services accept, and do not sign with yet, while a rotation is staged.'),
    previous: alias
      .default('previous')
      .describe('The version that services still accept after a rotation is promoted.'),
  })
  .refine(({ current, next, previous }) => new Set([current, next, previous]).size === 3, {
    message: 'the three aliases must differ',
  })
  .prefault({})
  .describe('Names of the version aliases that services follow.');

const life = z.union([
  z.literal('reauthenticate'),
  duration({ min: 1000, max: 400 * day, what: 'expected at least 1s and at most 400d' }),
]);

/** `rotation` in the configuration: how `jwtcheck rotate` works. */
export const rotation = z
  .strictObject({
    bytes: z
      .int()
      .min(32)
      .max(512)
      .default(32)
      .describe(
        'Random bytes of a new key, written as hexadecimal text; at least as many as the hash of token.algorithm has.',
      ),
    drain: z
      .record(z.string().min(1), life)
      .default({})
      .describe(
        'The longest life of each token type, such as 1h or 30d: for this long after the last token of the old key was signed, the old key is still accepted. "reauthenticate": do not wait for tokens of this type; their users sign in again. A rotation starts only when every token type is named.',
      )
      .meta({ examples: [{ access: '1h', refresh: '30d' }] }),
    skew: duration({ max: 60 * minute, what: 'expected at most 1h' })
      .prefault('2m')
      .describe('How far the clocks of services may differ; added to the drain.'),
    settle: duration({ max: day, what: 'expected at most 24h' })
      .prefault('1m')
      .describe(
        'How long a change of an alias takes to reach every service that reads it. A gate must hold twice, this far apart, and no earlier than this after the change.',
      ),
    patience: duration({ max: 30 * day, what: 'expected at most 30d' })
      .prefault('15m')
      .describe('How long a service may lag behind the state of a rotation before it is an error.'),
    aliases,
    hooks: z
      .strictObject({
        staged: hooks('staged'),
        promoted: hooks('promoted'),
        revoked: hooks('revoked'),
        finished: hooks('finished'),
      })
      .prefault({})
      .describe(
        'Programs that make services read the secret again. No shell. They get JWTCHECK_ROTATION_STATE, JWTCHECK_ROTATION_FROM and JWTCHECK_ROTATION_TO in their environment (version numbers), never a key.',
      ),
    hookTimeout: timeout.prefault('5m').describe('How long one hook may run.'),
  })
  .describe('How jwtcheck rotate replaces the key.');

/** `rollout` of a participant: the program that makes it read its secret again. */
export const rollout = z
  .strictObject({
    run: program
      .describe('Program and arguments; no shell.')
      .meta({ examples: [['kubectl', 'rollout', 'restart', 'deployment/auth']] }),
    timeout: timeout.prefault('5m').describe('How long the program may run.'),
  })
  .describe(
    'Makes this participant read its secret again. It runs only in a rotation with --cutover, in an emergency, or as an action of jwtcheck fix.',
  );

/** Durations are milliseconds. */
export type RotationSettings = z.output<typeof rotation>;
export type RolloutSettings = z.output<typeof rollout>;
