import type { Contact, Declared, DeclaredProblem } from '../../../config/declared.js';
import { allowEmulatorVariable } from '../../../config/trust-variables.js';
import type { JsonValue } from '../../../model.js';
import { at } from '../../../schema/path.js';
import { isLoopback } from '../../../schema/url.js';
import { emulatorVariable, endpointOf, parseEndpoint } from './endpoint.js';

type Env = Readonly<Record<string, string | undefined>>;

/** The hosts that a source of Google Secret Manager contacts, and problems in this environment. */
export const googleDeclared: Declared = {
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
