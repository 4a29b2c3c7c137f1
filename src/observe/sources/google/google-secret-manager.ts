import * as z from 'zod';
import type { Contact, Declared, DeclaredProblem } from '../../../config/declared.js';
import { allowEmulatorVariable } from '../../../config/trust-variables.js';
import type { JsonValue } from '../../../model.js';
import { at } from '../../../schema/path.js';
import { isLoopback } from '../../../schema/url.js';
import type { ObserveContext } from '../../context.js';
import type { Outcome } from '../../network/network.js';
import { failed, type Source } from '../source.js';
import { access, metadataOf, type Place } from './calls.js';
import { emulatorOf, emulatorVariable, endpointOf, parseEndpoint } from './endpoint.js';
import { earlierVersion, otherVersions } from './secret-versions.js';
import { commandsOf, storedNames } from './stored-secret.js';

const schema = z
  .strictObject({
    kind: z.literal('google-secret-manager'),
    project: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.:-]*$/i, 'not a project id or number')
      .describe('Google Cloud project id or number.'),
    secret: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,255}$/, 'not a secret id: letters, digits, - and _')
      .describe('Name of the secret.'),
    version: z
      .union([
        z
          .string()
          .regex(/^(latest|[1-9]\d*|[A-Za-z][A-Za-z0-9_-]{0,62})$/, 'expected latest, a number or an alias'),
        z.int().positive().transform(String),
      ])
      .default('latest')
      .describe('latest, a version number or a version alias.'),
    location: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'not a location')
      .optional()
      .describe('Location of a regional secret.'),
    history: z
      .int()
      .min(0)
      .max(50)
      .default(5)
      .describe('Number of older enabled versions to fingerprint if something differs; 0 disables it.'),
    transport: z.enum(['rest', 'grpc']).default('rest').describe('Protocol of the API.'),
    endpoint: z
      .string()
      .min(1)
      .check((ctx) => {
        const parsed = parseEndpoint(ctx.value);
        if (!parsed.ok) ctx.issues.push({ code: 'custom', message: parsed.problem, input: ctx.value });
      })
      .optional()
      .describe('Another API endpoint; http:// only on loopback.'),
  })
  .describe('Google Secret Manager, read with Application Default Credentials.');

/** A secret in Secret Manager, as configured. */
export type GoogleSecret = z.output<typeof schema>;

/** The resource name, from configured or printable names. */
function resourceName(source: GoogleSecret, show: (text: string) => string): string {
  const place = source.location === undefined ? '' : `/locations/${show(source.location)}`;
  return `projects/${show(source.project)}${place}/secrets/${show(source.secret)}`;
}

type Env = Readonly<Record<string, string | undefined>>;

/** The hosts that a source of Google Secret Manager contacts, and problems in this environment. */
const googleDeclared: Declared = {
  names: ['secret'],
  addresses: ['endpoint'],
  contacts(settings, env): Contact[] {
    const [endpoint, location] = [textAt(settings, 'endpoint'), textAt(settings, 'location')];
    const parsed = endpointOf({ endpoint, location }, env);
    if (!parsed.ok) return [];
    const { plain, host, port } = parsed.value;
    const isConfigured = endpoint !== undefined && (env[emulatorVariable] ?? '') === '';
    const url =
      isConfigured && /:\/\//.test(endpoint) ? endpoint : `${plain ? 'http' : 'https'}://${host}:${port}`;
    return [{ key: isConfigured ? 'endpoint' : null, url }];
  },
  problems: (settings, env) => [...remoteEmulator(env), ...emulatorInCi(settings, env)],
};

const textAt = (settings: JsonValue, key: string): string | undefined => {
  const value = at(settings, [key]);
  return typeof value === 'string' ? value : undefined;
};

const isSet = (value: string | undefined): boolean => !['', '0', 'false'].includes(value ?? '');

function remoteEmulator(env: Env): DeclaredProblem[] {
  const emulator = env[emulatorVariable] ?? '';
  if (emulator === '' || isLocalEmulator(emulator)) return [];
  const message = `the environment variable ${emulatorVariable} must be host:port of this machine, such as 127.0.0.1:8080: an emulator uses plain HTTP without credentials`;
  return [{ where: 'environment', message }];
}

/**
 * An emulator replaces Secret Manager on a developer's machine. In CI, a gate that uses one by mistake would pass
 * regardless of the secret in production: there it must be allowed explicitly.
 */
function emulatorInCi(settings: JsonValue, env: Env): DeclaredProblem[] {
  if (!isSet(env.CI) || isSet(env[allowEmulatorVariable])) return [];
  const message = `uses an emulator of Secret Manager, but CI is set: if this is intended, pass --allow-emulator (${allowEmulatorVariable}=1)`;
  if (isSet(env[emulatorVariable]))
    return [{ where: 'settings', message: `${emulatorVariable}: ${message}` }];
  const endpoint = textAt(settings, 'endpoint');
  return endpoint !== undefined && isLocalEmulator(endpoint) ? [{ where: { key: 'endpoint' }, message }] : [];
}

function isLocalEmulator(text: string): boolean {
  const endpoint = parseEndpoint(text);
  return endpoint.ok && endpoint.value.plain && isLoopback(endpoint.value.host);
}

/**
 * Reads a version with Google's client and Application Default Credentials. The client is loaded on first use,
 * because loading takes longer than an answer. All reads of a check share it.
 */
export const googleSecretManager: Source<typeof schema> = {
  schema,
  declared: googleDeclared,
  target: (source, context) => resourceName(source, context.label),
  holder: (source, context, reading) => ({
    is: 'store',
    commands: commandsOf(source, context.label, reading?.version ?? null),
  }),
  names: (source) => ({ variables: [], stored: storedNames(source) }),
  emulator: (source, { env, label }) => emulatorOf(source, env, label),
  yieldsSecret: () => true,
  async read(source, context) {
    const found = placeOf(source, context);
    if (!found.ok) return failed(found.error);
    const place = found.value;
    const read = await access(place, source.version, context);
    if (!read.ok) return failed(read.error);
    const { secret, version } = read.value;
    const held = { is: 'secret', secret, version, provenance: null } as const;
    if (source.history === 0) return held;
    const wanted = { current: Number(version), history: source.history, newer: source.version !== 'latest' };
    return {
      ...held,
      versions: (later) => otherVersions(place, wanted, later),
    };
  },
  async earlierVersion(source, wanted, context) {
    const place = placeOf(source, context);
    return place.ok ? earlierVersion(place.value, wanted, context) : { found: null, error: place.error };
  },
  async metadata(source, context) {
    const place = placeOf(source, context);
    return place.ok ? metadataOf(place.value, context) : null;
  },
  atVersion: (source, version) => ({ ...source, version: String(version) }),
};

/** The place of a secret, and the way to access it in this environment. */
export function placeOf(
  source: GoogleSecret,
  context: Pick<ObserveContext, 'env' | 'label' | 'timeoutMs'>,
): Outcome<Place> {
  const endpoint = endpointOf(source, context.env);
  if (!endpoint.ok) return { ok: false, error: { code: 'connection', message: endpoint.problem } };
  const emulator = context.env[emulatorVariable] ?? '';
  const place: Place = {
    name: resourceName(source, (text) => text),
    endpoint: endpoint.value,
    transport: source.transport,
    subject: {
      project: context.label(source.project),
      secret: context.label(source.secret),
      location: source.location === undefined ? null : context.label(source.location),
      endpoint:
        emulator !== ''
          ? emulatorVariable
          : source.endpoint === undefined
            ? null
            : context.label(source.endpoint),
      timeoutMs: context.timeoutMs,
    },
  };
  return { ok: true, value: place };
}
