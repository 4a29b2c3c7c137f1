import { isLoopback, parseUrl } from '../../../schema/url.js';

/** An API endpoint. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Plain HTTP without credentials: an emulator on this machine. */
  readonly plain: boolean;
}

export type ParsedEndpoint =
  | { readonly ok: true; readonly value: Endpoint }
  | { readonly ok: false; readonly problem: string };

/** Sets an emulator for every source, as `host:port` or a URL. */
export const emulatorVariable = 'SECRET_MANAGER_EMULATOR_HOST';

/** Parses `host:port` or a URL without a path. A loopback host without a scheme means plain HTTP. */
export function parseEndpoint(text: string): ParsedEndpoint {
  const schemed = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const url = schemed ? text : `https://${text}`;
  const parsed = parseUrl(url);
  if (parsed === null) return { ok: false, problem: 'expected a URL or host:port' };
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') {
    return { ok: false, problem: 'expected a URL with https:// or http://' };
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return { ok: false, problem: 'an endpoint must not contain credentials' };
  }
  if (parsed.pathname !== '/' || parsed.search !== '' || parsed.hash !== '') {
    return {
      ok: false,
      problem: 'expected an endpoint without a path, such as https://host or http://127.0.0.1:8080',
    };
  }
  const loopback = isLoopback(parsed.hostname);
  const plain = schemed ? parsed.protocol === 'http:' : loopback;
  if (plain && !loopback) {
    return {
      ok: false,
      problem: 'plain HTTP is allowed only for this machine (http://127.0.0.1:PORT); use https://',
    };
  }
  const port = parsed.port === '' ? (plain ? 80 : 443) : Number(parsed.port);
  return { ok: true, value: { host: parsed.hostname, port, plain } };
}

/**
 * The endpoint of a source: `SECRET_MANAGER_EMULATOR_HOST` if set, then the configured one, then Google's; for a
 * regional secret that of its location (https://cloud.google.com/secret-manager/docs/reference/rest).
 */
export function endpointOf(
  source: { readonly endpoint?: string | undefined; readonly location?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): ParsedEndpoint {
  const emulator = env[emulatorVariable];
  if (emulator !== undefined && emulator !== '') {
    const parsed = parseEndpoint(emulator);
    return parsed.ok ? parsed : { ok: false, problem: `${emulatorVariable}: ${parsed.problem}` };
  }
  if (source.endpoint !== undefined) return parseEndpoint(source.endpoint);
  const place = source.location === undefined ? '' : `.${source.location}.rep`;
  return { ok: true, value: { host: `secretmanager${place}.googleapis.com`, port: 443, plain: false } };
}

/**
 * The address of an emulator on this machine that replaces Google Secret Manager, set by `SECRET_MANAGER_EMULATOR_HOST`
 * or by the `endpoint` of a source; `null` for any other endpoint.
 */
export function emulatorOf(
  source: Parameters<typeof endpointOf>[0],
  env: Readonly<Record<string, string | undefined>>,
  label: (text: string) => string,
): string | null {
  const endpoint = endpointOf(source, env);
  if (!endpoint.ok || !isLoopback(endpoint.value.host)) return null;
  const { host, port } = endpoint.value;
  const written = (env[emulatorVariable] ?? '') === '' ? source.endpoint : undefined;
  return written === undefined ? `${host}:${port}` : label(written).replace(/^https?:\/\//, '');
}
