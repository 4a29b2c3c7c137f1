import type { Plan } from '../observe/plan.js';
import { readerOf } from '../observe/sources/reader.js';

/**
 * Addresses of emulators on this machine that replace a secret store. A report names them, because it then says nothing
 * about the secrets of production.
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
  const addresses = sources.flatMap((source) =>
    source == null ? [] : (readerOf(source).emulator?.(source, { env, label }) ?? []),
  );
  return [...new Set(addresses)];
}
