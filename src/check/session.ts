import { setMaxListeners } from 'node:events';
import type { Loaded } from '../config/load.js';
import type { FailOn } from '../judge/exit-code.js';
import type { Report } from '../model.js';
import type { Memory } from '../observe/memory.js';
import type { NetworkThread } from '../observe/network/network-thread.js';
import { openNetwork } from '../observe/network/open.js';
import { openThreaded } from '../observe/network/threaded.js';
import type { Progress } from '../observe/plan.js';
import { runCheck } from './check.js';
import { planOf, type Selection } from './selection.js';

/** How a check is carried out. */
export interface RunOptions extends Selection {
  /** From which severity on a finding fails a check in which all agree; default `critical`. */
  readonly failOn?: FailOn | undefined;
  /** Milliseconds for one request; default from the configuration, 5 s. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for the whole check; default from the configuration, 30 s. */
  readonly deadlineMs?: number | undefined;
  /** What checks of the same configuration remember of invalid tokens; default: every check presents them. */
  readonly memory?: Memory | undefined;
}

/** Surroundings of a check. */
export interface RunContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  /** Ends the check at once. */
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** Checks of one environment, one after another, over connections that are kept in between. */
export interface Session {
  /**
   * One check. Secrets are read anew, and it has a deadline of its own.
   * @throws JwtcheckError `ERR_INTERRUPTED` where its signal is aborted; the next check is none the worse for it
   * @throws UsageError where the selection names nobody that there is
   */
  check(conduct: RunOptions, around: Omit<RunContext, 'env'>): Promise<Report>;
  /** Ends every connection at once. */
  close(): Promise<void>;
}

/** Longer than most monitors pause between two checks; milliseconds. */
const keepMs = 90_000;

/** Opens a session for a loaded configuration. Nothing is connected before the first check. */
export function openSession(loaded: Loaded, { env }: Pick<RunContext, 'env'>): Session {
  return sessionOf(loaded, env, { keepMs });
}

/**
 * One check of one environment, from a loaded configuration to the report. Opens its network and closes it.
 * @param thread one that was started already, to send the requests; it is ended with the network
 */
export async function checkOnce(
  loaded: Loaded,
  conduct: RunOptions,
  around: RunContext,
  thread?: NetworkThread,
): Promise<Report> {
  const session = sessionOf(loaded, around.env, { thread });
  try {
    return await session.check(conduct, around);
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
  const options = { env, folder, label, keepMs };
  const lasting = thread === undefined ? openNetwork(options) : openThreaded(options, thread);
  return {
    async check(conduct, { now, signal, progress }) {
      const plan = planOf(settings, loaded.environment, { ...conduct, leftOut: loaded.leftOut });
      const timeoutMs = conduct.timeoutMs ?? settings.timeout;
      // A request may be given more time than a check has by default; then the check has that much, too.
      const deadlineMs = conduct.deadlineMs ?? Math.max(settings.deadline, timeoutMs);
      const deadline = new AbortController();
      // Everything of a check waits for this one signal, which is no leak.
      setMaxListeners(0, deadline.signal);
      const stop = () => deadline.abort();
      const timer = setTimeout(stop, deadlineMs);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      const network = lasting.forCheck(deadline.signal, plan.concurrency);
      const context = { env, now, signal, progress, loaded, network, timeoutMs, deadline: deadline.signal };
      try {
        const { failOn = 'critical', memory } = conduct;
        return await runCheck(plan, { failOn }, { ...context, memory });
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        stop();
      }
    },
    close: () => lasting.close(),
  };
}
