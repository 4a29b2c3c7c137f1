import { createHash } from 'node:crypto';
import { planOf } from '../check/selection.js';
import { openSession, type RunOptions, type Session } from '../check/session.js';
import { timeLimitsOf } from '../check/time-limits.js';
import { type Loaded, type LoadOptions, loadConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { WatchSettings } from '../config/watch-schema.js';
import type { JsonValue } from '../model.js';
import { type Memory, openMemory } from '../observe/memory.js';
import { at, entriesOf } from '../schema/path.js';
import { linkSettingsOf } from './alerting/links.js';
import type { AlertPolicy } from './monitor-model.js';

/** Overrides of the file by flags or by the options of a program. */
export interface WatchFlags extends RunOptions {
  readonly config?: Config | string | undefined;
  readonly environment?: string | undefined;
  /** Milliseconds. */
  readonly intervalMs?: number | undefined;
  readonly listen?: string | undefined;
}

/** The configuration in effect: everything that a SIGHUP may replace. */
export interface EffectiveConfig {
  readonly loaded: Loaded;
  readonly watch: WatchSettings & Pick<AlertPolicy, 'failureWindow' | 'scope' | 'links'>;
  readonly session: Session;
  /** The latest rounds with invalid tokens; a reloaded configuration starts without any. */
  readonly memory: Memory;
  /** Milliseconds after the end of a check from which on it is stale: the next one should long have ended. */
  readonly freshForMs: number;
}

/** The delay, in milliseconds, that a machine under load may cause. */
const slack = 5000;

/**
 * Loads the configuration, and opens a session for it.
 * @throws ConfigError, UsageError from `loadConfig`
 */
export async function effectiveConfig(
  flags: WatchFlags,
  from: Pick<LoadOptions, 'cwd' | 'env'>,
): Promise<EffectiveConfig> {
  const { config, environment, only, skip, part } = flags;
  const loaded = await loadConfig({ ...from, config, environment, only, skip, part, watch: true });
  const { settings } = loaded;
  // Rejected now rather than at every check: flags that name unknown participants.
  planOf(settings, loaded.environment, { ...flags, leftOut: loaded.leftOut });
  const interval = flags.intervalMs ?? settings.watch.interval;
  const watch = {
    ...settings.watch,
    interval,
    failureWindow: settings.watch.failureWindow ?? 2 * settings.watch.failureThreshold,
    scope: scopeOf(loaded.tree, loaded.environment),
    links: linkSettingsOf(settings.watch),
    // A check every second leaves no time for five attempts between two checks.
    jitter: Math.min(settings.watch.jitter, interval),
    ...(flags.listen === undefined ? {} : { listen: flags.listen }),
  };
  const { deadlineMs } = timeLimitsOf(settings, flags);
  const session = openSession(loaded, from);
  const memory = openMemory(watch.controlsEvery);
  return { loaded, watch, session, memory, freshForMs: watch.interval + watch.jitter + deadlineMs + slack };
}

/** The identity of a source, as configured. Variables are not expanded, so it contains no secret. */
const identifying = ['kind', 'url', 'project', 'secret'] as const;

/**
 * Distinguishes an environment from others of the same name, by its participants and their sources. It stays the same
 * across restarts, even if the state is lost.
 */
function scopeOf(tree: JsonValue, environment: string): string {
  const participants = entriesOf(at(tree, ['environments', environment, 'participants']))
    .map(([name, participant]) => [
      name,
      ...identifying.map((key) => at(participant, ['source', key]) ?? null),
    ])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(participants)).digest('hex').slice(0, 8);
}
