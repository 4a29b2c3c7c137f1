import { describe, expect, it } from 'vitest';
import { summarise } from '../../../src/monitor/history/statistics.js';
import { prettyHistory } from '../../../src/report/pretty/history-text.js';
import { formatPercent } from '../../../src/report/text/format.js';
import { aCheckRecord, anEventRecord, aParticipantRecord } from '../../support/monitor-records.js';

const style = { color: false, columns: 80, verbose: false, quiet: false };

describe('the history for people', () => {
  it('tells how an environment stands, what happened, and how each participant did', () => {
    const summary = summarise({ since: null, until: new Date('2026-01-31T13:00:00Z') });
    summary.add(aCheckRecord({ at: '2026-01-31T11:59:00.000Z' }));
    summary.add(
      aCheckRecord({
        verdict: 'inconclusive',
        participants: [aParticipantRecord('auth_service', { up: false, agrees: null })],
      }),
    );
    summary.add(anEventRecord());
    summary.add(
      aCheckRecord({
        at: '2026-01-31T12:10:00.000Z',
        verdict: 'inconsistent',
        participants: [
          aParticipantRecord('auth_service', { agrees: false, accepted: 0, latenciesMs: [1200] }),
          aParticipantRecord('backend'),
        ],
      }),
    );
    summary.add({
      type: 'given-up',
      at: '2026-01-31T12:10:00.000Z',
      environment: 'staging',
      recipient: 'slack',
      eventId: 'event 1',
      reason: 'timeout',
    });
    expect(prettyHistory(summary.statistics(2), style)).toMatchInlineSnapshot(`
      "✗ staging: 50.00% of the conclusive checks were consistent; 1 incident open
          3 checks, 2026-01-31 11:59:00Z to 2026-01-31 12:10:00Z: 1 inconsistent, 1
          inconclusive; 66.67% conclusive
          drift detected after 1m on average
          USD 500,000 MRR-minutes at risk: the revenue of that time is USD 11.41
          slack was not notified of 1 event

      INCIDENTS                    LASTED  LEVEL     CAUSE             PARTICIPANTS
        ✗ 2026-01-31 12:00:00Z  10m, open  CRITICAL  trailing-newline  auth_service

      PARTICIPANTS      AGREES      UP  ACCEPTS    P50    P95  INCIDENTS
        ✗ auth_service  50.00%  66.67%   66.67%  12 ms  1.2 s          1
        ✓ backend         100%    100%     100%  12 ms  12 ms          -

      ? 2 lines of the history could not be read, and were skipped
      "
    `);
    expect(prettyHistory(summary.statistics(0), { ...style, columns: 30 })).toMatchInlineSnapshot(`
      "✗ staging: 50.00% of the
        conclusive checks were
        consistent; 1 incident open
          3 checks, 2026-01-31
          11:59:00Z to 2026-01-31
          12:10:00Z: 1 inconsistent,
          1 inconclusive; 66.67%
          conclusive
          drift detected after 1m on
          average
          USD 500,000 MRR-minutes at
          risk: the revenue of that
          time is USD 11.41
          slack was not notified of
          1 event

      INCIDENTS
        ✗ 2026-01-31 12:00:00Z
          CRITICAL, 10m, open
          trailing-newline:
          auth_service

      PARTICIPANTS
        ✗ auth_service
          agrees 50.00%, up 66.67%,
          accepts 66.67% in 12 ms
          (p95 1.2 s), incidents 1
        ✓ backend
          agrees 100%, up 100%,
          accepts 100% in 12 ms (p95
          12 ms)
      "
    `);
  });

  it('rounds no share to all or nothing', () => {
    expect([1, 0, null, 0.99999, 0.00001, 0.5].map(formatPercent)).toEqual([
      '100%',
      '0%',
      '-',
      '99.99%',
      '0.01%',
      '50.00%',
    ]);
  });
});
