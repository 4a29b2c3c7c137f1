import { JwtcheckError } from '../../errors.js';
import type { Report } from '../../model.js';
import { json as reportJson } from '../../report/json.js';
import { viewOf } from '../../report/view/view.js';
import { parseDuration } from '../../schema/duration.js';
import type { Metrics } from '../metrics/metrics.js';
import { statusOf, summaryOf } from './monitor-status.js';
import type { MonitorView } from './monitor-view.js';
import type { Page } from './page-file.js';
import { type Answers, longestPastMs, type PastOfMonitor } from './past.js';
import { type Answer, json, jsonType, text } from './response.js';

export type Route = (query: URLSearchParams) => Answer | Promise<Answer>;

/** The resources by path, without the event stream. */
export function routesOf(
  view: MonitorView,
  metrics: Metrics,
  page: Page,
  past: PastOfMonitor,
  answers: Answers<Answer>,
  warn: (message: string) => void,
): Readonly<Record<string, Route>> {
  const reportText = remembered((report) =>
    reportJson(viewOf(report), { color: false, columns: 80, verbose: false, quiet: false }),
  );
  const summary = remembered(summaryOf);

  return {
    '/': () => ({
      status: 200,
      type: 'text/html; charset=utf-8',
      body: page.html,
      headers: { 'content-security-policy': page.policy },
    }),

    '/metrics': async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),

    '/healthz': () => {
      const ms = view.sinceTurnMs();
      if (ms <= view.stuckAfterMs) return text(200, 'alive');
      return text(503, `stuck: no check began or ended for ${Math.round(ms / 1000)} s`);
    },

    '/readyz': () => {
      const reason = staleness(view);
      return reason === null ? text(200, 'ready') : text(503, `not ready: ${reason}`);
    },

    // A stale report would pass for a current one.
    '/report.json': () => {
      const report = view.report();
      const failed = view.lastCheck()?.failed ?? null;
      const reason = staleness(view) ?? (failed === null ? null : `the last check failed: ${failed}`);
      if (report === null || reason !== null)
        return json(503, {
          error: reason ?? 'there is no report yet',
          lastReportAt: report?.startedAt ?? null,
        });
      return { status: 200, type: jsonType, body: reportText(report) };
    },

    '/history.json': async (query) => {
      const asked = query.get('since') ?? '24h';
      const ms = sinceMs(asked);
      if (ms === null)
        return json(400, { error: 'since takes a duration such as 90m, 24h or 7d; at most 7d' });
      const { environment } = view;
      try {
        return await answers.of(ms, async () =>
          json(200, {
            schemaVersion: 1,
            environment,
            ...(await past.since(new Date(view.now().getTime() - ms))),
          }),
        );
      } catch (error) {
        const why = error instanceof JwtcheckError ? error.message : 'something unexpected happened';
        warn(`the history cannot be read: ${why}`);
        return json(503, { error: 'the history cannot be read' });
      }
    },

    '/status.json': () => {
      const report = view.report();
      return json(200, statusOf(view, report === null ? null : summary(report)));
    },
  };
}

/** The length of the past in milliseconds; `null` if it is no duration, or too long. */
function sinceMs(asked: string): number | null {
  const days = /^(\d)d$/.exec(asked)?.[1];
  const ms = days === undefined ? parseDuration(asked) : Number(days) * 24 * 3_600_000;
  return ms === null || ms <= 0 || ms > longestPastMs ? null : ms;
}

/** The work for one report is done once, for all concurrent requests. */
function remembered<T>(make: (report: Report) => T): (report: Report) => T {
  const made = new WeakMap<Report, T>();
  return (report) => {
    const known = made.get(report);
    if (known !== undefined) return known;
    const fresh = make(report);
    made.set(report, fresh);
    return fresh;
  };
}

/** The reason why the data is stale; `null` if the last check ended recently, whatever its result. */
export function staleness(view: MonitorView): string | null {
  const last = view.lastCheck();
  if (last === null) return 'the first check has not ended yet';
  const age = view.now().getTime() - last.endedAt.getTime();
  if (age <= view.freshForMs) return null;
  return `the last check ended ${Math.round(age / 1000)} s ago; it is stale after ${Math.round(view.freshForMs / 1000)} s`;
}
