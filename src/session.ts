import { runCheck } from './check.js';
import type { Loaded } from './config/load.js';
import type { FailOn } from './judge/exit-code.js';
import type { Report } from './model.js';
import { openNetwork } from './observe/network/open.js';
import type { Progress } from './observe/plan.js';
import { planOf, type Selection } from './plan.js';

/** How a check is carried out. */
export interface Conduct extends Selection {
  /** From which severity on a finding fails a check in which all agree; default `critical`. */
  readonly failOn?: FailOn | undefined;
  /** Milliseconds for one request; default from the configuration, 5 s. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for the whole check; default from the configuration, 30 s. */
  readonly deadlineMs?: number | undefined;
}

/** Surroundings of a check. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** One check of one environment, from a loaded configuration to the report. Opens its network and closes it. */
export async function checkOnce(loaded: Loaded, conduct: Conduct, around: Surroundings): Promise<Report> {
  const plan = planOf(loaded.settings, loaded.environment, conduct);
  const timeoutMs = conduct.timeoutMs ?? loaded.settings.timeout;
  // A request may be given more time than a check has by default; then the check has that much, too.
  const deadlineMs = conduct.deadlineMs ?? Math.max(loaded.settings.deadline, timeoutMs);
  const deadline = new AbortController();
  const stop = () => deadline.abort();
  const timer = setTimeout(stop, deadlineMs);
  around.signal.addEventListener('abort', stop, { once: true });
  if (around.signal.aborted) stop();
  const { folder, label } = loaded;
  const { concurrency } = plan;
  const network = openNetwork({ env: around.env, signal: deadline.signal, folder, label, concurrency });
  try {
    const { failOn = 'critical' } = conduct;
    return await runCheck(
      plan,
      { failOn },
      { ...around, loaded, network, timeoutMs, deadline: deadline.signal },
    );
  } finally {
    clearTimeout(timer);
    around.signal.removeEventListener('abort', stop);
    stop();
    await network.close();
  }
}
