import { describe, expect, it } from 'vitest';
import { type Known, shown } from '../../../src/monitor/page/shown.js';
import { statusOf, summaryOf } from '../../../src/monitor/server/monitor-status.js';
import { aCheck, aView } from '../../support/monitor-view.js';
import { aReport } from '../../support/reports.js';

/** One second after a good check, answered this moment. */
function known(changes: Partial<Known> = {}, view = aView()): Known {
  const report = view.report();
  const status = statusOf(view, report === null ? null : summaryOf(report));
  return { status, reached: true, heardAt: 5_000_000, now: 5_000_000, ...changes };
}

const bad = aView({ report: aReport({ verdict: 'inconsistent' }) });
const unclear = aView({ report: aReport({ verdict: 'inconclusive' }) });

describe('the verdict at a glance', () => {
  it.each([
    ['all agree', known(), 'ok', 'Consistent'],
    ['a participant differs', known({}, bad), 'bad', 'Inconsistent'],
    ['it is inconclusive', known({}, unclear), 'unknown', 'Inconclusive'],
    ['nothing was heard yet', known({ status: null }), 'stale', 'Loading'],
    ['no answer ever arrived', known({ status: null, reached: false }), 'stale', 'No contact'],
    ['no answer arrives any more', known({ reached: false }), 'stale', 'No contact'],
    ['no answer arrives any more after a drift', known({ reached: false }, bad), 'stale', 'No contact'],
    ['there was no check yet', known({}, aView({ lastCheck: null, report: null })), 'stale', 'Waiting'],
    [
      'the last check failed',
      known({}, aView({ lastCheck: aCheck(0, 'no memory') })),
      'unknown',
      'Check failed',
    ],
    ['the last check is old', known({ now: 5_000_000 + 180_000 }), 'stale', 'Stale'],
  ] as const)('where %s', (_, state, tone, word) => {
    expect(shown(state)).toMatchObject({ tone, word });
  });

  it('goes by the clock of the monitor, whatever time it is here', () => {
    for (const heardAt of [0, 5_000_000, Date.UTC(2050, 1)]) {
      expect(shown(known({ heardAt, now: heardAt + 178_000 })).tone).toBe('ok');
      expect(shown(known({ heardAt, now: heardAt + 179_001 })).tone).toBe('stale');
    }
  });

  it('says since when there is no word, and what the last one was', () => {
    expect(shown(known({ reached: false, now: 5_000_000 + 130_000 })).sentence).toBe(
      'The monitor has not answered for 2 min; the data below is from before. The last verdict was: consistent. This page keeps trying.',
    );
  });

  it('begins a sentence with a capital, but leaves names as they are', () => {
    expect(shown(known()).sentence).toBe('All 4 participants hold the same secret.');
    const named = aView({
      report: aReport({
        verdict: 'inconsistent',
        participants: aReport().participants.map((participant) =>
          participant.name === 'auth_service' ? { ...participant, agrees: false } : participant,
        ),
      }),
    });
    expect(shown(known({}, named)).sentence).toBe('auth_service differs from secret_manager.');
  });
});
