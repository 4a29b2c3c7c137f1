import type * as z from 'zod';
import type { ObserveContext } from '../../../src/observe/context.js';
import { openNetwork } from '../../../src/observe/network/open.js';
import { googleSecretManager } from '../../../src/observe/sources/google/google-secret-manager.js';

/** A world with a real network, and how it ends. */
export interface TestWorld extends ObserveContext {
  end(): Promise<void>;
}

export function googleWorld(options: { env?: Record<string, string>; timeoutMs?: number } = {}): TestWorld {
  const ending = new AbortController();
  const { env = {}, timeoutMs = 60_000 } = options;
  const folder = process.cwd();
  const network = openNetwork({ env, folder }).forCheck(ending.signal);
  return {
    env,
    now: () => new Date(),
    network,
    folder,
    signal: ending.signal,
    timeoutMs,
    fingerprintLength: 8,
    label: (text) => text,
    end: async () => {
      ending.abort();
      await network.persistent.close();
    },
  };
}

/** A source as the configuration gives it. */
export function sourceOf(
  settings: Omit<z.input<typeof googleSecretManager.schema>, 'kind'>,
): z.output<typeof googleSecretManager.schema> {
  return googleSecretManager.schema.parse({ kind: 'google-secret-manager', ...settings });
}
