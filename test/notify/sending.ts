import { onTestFinished } from 'vitest';
import { type Loaded, loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { type NotifierRecipient, recipientsOf } from '../../src/monitor/delivery/recipients.js';
import { openNetwork } from '../../src/observe/network/open.js';

type Notify = NonNullable<NonNullable<Config['watch']>['notify']>;

/** A configuration with these notifiers, as `watch` loads it. */
export function loadedWith(notify: Notify, env: Record<string, string> = {}): Promise<Loaded> {
  const environments = {
    staging: { participants: { a: { source: { kind: 'env' as const, names: ['A'] } } } },
  };
  return loadConfig({ config: { watch: { notify }, environments }, cwd: '/', env, watch: true });
}

/** The recipients of a configuration with these notifiers. */
export async function recipients(
  notify: Notify,
  env: Record<string, string> = {},
): Promise<readonly NotifierRecipient[]> {
  const { settings, label, scrub } = await loadedWith(notify, env);
  const lasting = openNetwork({ env: {}, folder: '/', retries: 0 });
  onTestFinished(() => lasting.close());
  const network = lasting.forCheck(new AbortController().signal);
  return recipientsOf(settings.watch.notify, {
    network,
    now: () => new Date(),
    label,
    scrub,
    intervalMs: 60_000,
  });
}

/** The only recipient of a configuration with this notifier. */
export async function recipient(
  notifier: Notify[number],
  env: Record<string, string> = {},
): Promise<NotifierRecipient> {
  const [only] = await recipients([notifier], env);
  if (only === undefined) throw new Error('no recipient');
  return only;
}
