import type { Plan } from '../observe/plan.js';
import { emulatorVariable, endpointOf } from '../observe/sources/google/endpoint.js';
import { isLoopback } from '../schema/url.js';

/**
 * Addresses of emulators on this machine that replace Google Secret Manager, set by `SECRET_MANAGER_EMULATOR_HOST` or
 * by the `endpoint` of a source. A report names them, because it then says nothing about the secrets of production.
 */
export function emulatorsOf(
  { participants, crossReferences }: Pick<Plan, 'participants' | 'crossReferences'>,
  env: Readonly<Record<string, string | undefined>>,
  label: (text: string) => string,
): string[] {
  const sources = [
    ...participants.map(({ settings }) => settings.source),
    ...crossReferences.map(({ source }) => source),
  ];
  const named = sources.flatMap((source) => {
    if (source?.kind !== 'google-secret-manager') return [];
    const endpoint = endpointOf(source, env);
    if (!endpoint.ok || !isLoopback(endpoint.value.host)) return [];
    const { host, port } = endpoint.value;
    const written = (env[emulatorVariable] ?? '') === '' ? source.endpoint : undefined;
    return [written === undefined ? `${host}:${port}` : label(written).replace(/^https?:\/\//, '')];
  });
  return [...new Set(named)];
}
