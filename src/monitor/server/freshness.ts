import type { MonitorView } from './view.js';

/** Why what is known is not of now; `null` where it is: the last check ended not long ago, whatever came of it. */
export function staleness(view: MonitorView): string | null {
  const last = view.lastCheck();
  if (last === null) return 'the first check has not ended yet';
  const age = view.now().getTime() - last.endedAt.getTime();
  if (age <= view.freshForMs) return null;
  return `the last check ended ${Math.round(age / 1000)} s ago; it is stale after ${Math.round(view.freshForMs / 1000)} s`;
}
