import type * as z from 'zod';
import type { ObserveContext } from '../../../src/observe/context.js';
import { openNetwork } from '../../../src/observe/network/open.js';
import type { Source, SourceResult } from '../../../src/observe/sources/source.js';

/** A world with a real network; labels are marked, so that a test can tell them from the text. */
export function worldOf(over: Partial<ObserveContext> = {}): ObserveContext {
  const signal = over.signal ?? new AbortController().signal;
  const env = over.env ?? {};
  return {
    env,
    now: () => new Date(0),
    network: openNetwork({ env, folder: over.folder ?? '/', random: () => 0 }).forCheck(signal),
    folder: '/',
    signal,
    timeoutMs: 60_000,
    fingerprintLength: 8,
    label: (text) => `<${text}>`,
    ...over,
  };
}

/** Reads a source as it is configured. */
export async function read<S extends z.ZodType<{ kind: string }>>(
  source: Source<S>,
  settings: z.input<S>,
  context: ObserveContext,
): Promise<SourceResult> {
  try {
    return await source.read(source.schema.parse(settings), context);
  } finally {
    await context.network.persistent.close();
  }
}

/** The bytes that a source yields, or its error's code. */
export function bytesOf(result: SourceResult): string {
  if (result.is === 'secret') return result.secret.reveal().toString('latin1');
  return result.is === 'error' ? result.error.code : result.is;
}
