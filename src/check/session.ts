import type { Loaded } from '../config/load.js';
import type { FailOn } from '../judge/exit-code.js';
import type { Report } from '../model.js';
import type { Memory } from '../observe/memory.js';
import type { NetworkThread } from '../observe/network/network-thread.js';
import { openNetwork } from '../observe/network/open.js';
import { openThreaded } from '../observe/network/threaded.js';
import type { Progress } from '../observe/plan.js';
import type { Part } from '../parts/part.js';
import { runCheck } from './check.js';
import { planOf, type Selection } from './selection.js';
import { timeLimitsOf, withDeadline } from './time-limits.js';

// With it, so that both are loaded at once.
export { loadConfig } from '../config/load.js';

/** Options of one check. */
export interface RunOptions extends Selection {
  /** The lowest severity of a finding that fails a consistent check. Default: `critical`. */
  readonly failOn?: FailOn | undefined;
  /** Milliseconds for one request. Default: from the configuration, 5 s. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for the whole check. Default: from the configuration, 30 s. */
  readonly deadlineMs?: number | undefined;
  /** Earlier results of invalid tokens for the same configuration. Default: every check presents them. */
  readonly memory?: Memory | undefined;
}

/** Context of a check. */
export interface RunContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Cancels the check. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
  /** Receives what was observed, as a document. */
  readonly observed?: ((part: Part) => void) | undefined;
}

/** Consecutive checks of one environment, over connections that are kept between checks. */
export interface Session {
  /**
   * Runs one check with its own deadline. Secrets are read again.
   * @throws JwtcheckError `ERR_INTERRUPTED` if its signal is aborted; later checks still work
   * @throws UsageError if the selection names an unknown participant
   */
  check(options: RunOptions, context: Omit<RunContext, 'env'>): Promise<Report>;
  /** Closes every connection immediately. */
  close(): Promise<void>;
}

/** How long an idle connection is kept, in milliseconds: longer than the usual interval of a monitor. */
const keepMs = 90_000;

/** Opens a session for a loaded configuration. The first check opens the first connection. */
export function openSession(loaded: Loaded, { env }: Pick<RunContext, 'env'>): Session {
  return sessionOf(loaded, env, { keepMs });
}

/**
 * Runs one check of a loaded configuration, with a network of its own.
 * @param thread a thread that sends the requests; it ends with the network
 */
export async function checkOnce(
  loaded: Loaded,
  options: RunOptions,
  context: RunContext,
  thread?: NetworkThread,
): Promise<Report> {
  const session = sessionOf(loaded, context.env, { thread });
  try {
    return await session.check(options, context);
  } finally {
    await session.close();
  }
}

function sessionOf(
  loaded: Loaded,
  env: RunContext['env'],
  { keepMs, thread }: { keepMs?: number | undefined; thread?: NetworkThread | undefined },
): Session {
  const { settings, folder, label } = loaded;
  const networkOptions = { env, folder, label, keepMs };
  const connections =
    thread === undefined ? openNetwork(networkOptions) : openThreaded(networkOptions, thread);
  return {
    async check(options, { now, signal, progress, observed }) {
      const plan = planOf(settings, loaded.environment, { ...options, leftOut: loaded.leftOut });
      const { timeoutMs, deadlineMs } = timeLimitsOf(settings, options);
      const { failOn = 'critical', memory } = options;
      return withDeadline(signal, deadlineMs, async (deadline) => {
        const network = connections.forCheck(deadline, plan.concurrency);
        const limits = { network, timeoutMs, deadline };
        const checkContext = { env, now, signal, progress, observed, loaded, ...limits, memory };
        return runCheck(plan, { failOn }, checkContext);
      });
    },
    close: () => connections.close(),
  };
}
