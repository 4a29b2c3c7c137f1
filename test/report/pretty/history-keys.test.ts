import { describe, expect, it } from 'vitest';
import type { HistoryRecord, KeyRecord } from '../../../src/monitor/history/record.js';
import { summarise } from '../../../src/monitor/history/statistics.js';
import { prettyHistory } from '../../../src/report/pretty/history-text.js';
import { displayWidth } from '../../../src/report/text/sanitize.js';
import {
  aCheckRecord,
  aKey,
  aKeysRecord,
  anEventRecord,
  aRemediationRecord,
} from '../../support/monitor-records.js';

const start = Date.parse('2026-01-31T12:00:00.000Z');
const minute = (number: number) => new Date(start + number * 60_000).toISOString();

const keysAt = (at: number, ...keys: readonly KeyRecord[]) => aKeysRecord({ at: minute(at), keys });

/** The history of an environment without participants, in text. */
function textOf(records: readonly HistoryRecord[], columns = 80): string {
  const summary = summarise({ since: null, until: new Date(minute(2000)) });
  for (const record of records) summary.add(record);
  summary.add(aCheckRecord({ at: minute(1500), participants: [] }));
  return prettyHistory(summary.statistics(0), { color: false, columns, verbose: false, quiet: false });
}

const drift = (at: number) =>
  anEventRecord({ id: `${at}`, incident: `${at}`, at: minute(at), since: minute(at) });

const all = ['secret_manager', 'auth_service', 'backend_service', 'gateway', 'worker'];
const records = [
  keysAt(0, aKey(7, all)),
  keysAt(60, aKey(8, all.slice(0, 2)), aKey(7, all.slice(2))),
  keysAt(62, aKey(8, all.slice(0, 4)), aKey(7, all.slice(4))),
  keysAt(75, aKey(8, all, { createdAt: minute(-1440) })),
  keysAt(1000, aKey(9, all.slice(0, 4)), aKey(8, all.slice(4))),
  drift(10),
  drift(100),
];

describe('keys in the history for people', () => {
  it('tells ages, new versions, who is last, and what comes back', () => {
    expect(textOf(records)).toMatchInlineSnapshot(`
      "✗ staging: 100% of the conclusive checks were consistent; 1 incident open
          1 check, 2026-02-01 13:00:00Z to 2026-02-01 13:00:00Z
          drift detected after 0s on average
          USD 70,000,000 MRR-minutes at risk: the revenue of that time is USD 1,597.08

      INCIDENTS
        ? 2026-01-31 12:10:00Z
          CRITICAL, 0s+
          trailing-newline: auth_service
        ✗ 2026-01-31 13:40:00Z
          CRITICAL, 23h 20m, open
          trailing-newline: auth_service

      RECURRING CAUSES      PARTICIPANT   INCIDENTS  LAST SINCE
        ? trailing-newline  auth_service          2  2026-01-31 13:40:00Z

      KEYS IN USE                FINGERPRINT              AGE  HELD BY
        ✓ version 9 (reference)  00000009     at least 8h 20m  4 participants
        ? version 8              00000008               2d 1h  worker

      NEW VERSIONS              KEY        REACHED  P50  P95   ALL  LAST
        ? 2026-02-01 04:40:00Z  version 9   3 of 4   0s    -  open  worker
        ✓ 2026-01-31 13:00:00Z  version 8   4 of 4   2m  15m   15m  worker
          2 new versions, one every 15h 40m; every participant had it after 15m (p50),
          15m at most
          1 of 2 went well; no valid token was rejected meanwhile

      LAST TO ADOPT  LAST  NEVER  OF  P50  MAX
        ? worker        1      0   1  15m  15m
      "
    `);
  });

  it('says the same in a narrow terminal', () => {
    expect(textOf(records, 44)).toMatchInlineSnapshot(`
      "✗ staging: 100% of the conclusive checks
        were consistent; 1 incident open
          1 check, 2026-02-01 13:00:00Z to
          2026-02-01 13:00:00Z
          drift detected after 0s on average
          USD 70,000,000 MRR-minutes at risk: the
          revenue of that time is USD 1,597.08

      INCIDENTS
        ? 2026-01-31 12:10:00Z
          CRITICAL, 0s+
          trailing-newline: auth_service
        ✗ 2026-01-31 13:40:00Z
          CRITICAL, 23h 20m, open
          trailing-newline: auth_service

      RECURRING CAUSES
        ? trailing-newline
          auth_service: 2 incidents, the last
          since 2026-01-31 13:40:00Z

      KEYS IN USE
        ✓ version 9 (reference)
          00000009, age at least 8h 20m: 4
          participants
        ? version 8
          00000008, age 2d 1h: worker

      NEW VERSIONS
        ? 2026-02-01 04:40:00Z version 9
          reached 3 of 4, open; p50 0s, p95 -, all
          -
          missing: worker
        ✓ 2026-01-31 13:00:00Z version 8
          reached 4 of 4; p50 2m, p95 15m, all 15m
          last: worker
          2 new versions, one every 15h 40m; every
          participant had it after 15m (p50), 15m
          at most
          1 of 2 went well; no valid token was
          rejected meanwhile

      LAST TO ADOPT  LAST  NEVER  OF  P50  MAX
        ? worker        1      0   1  15m  15m
      "
    `);
  });

  it.for([40, 60, 80, 200])('fits into %i columns, whatever the names', (columns) => {
    const names = ['secret_manager', 'x'.repeat(300), '\u001b[31m\u202e\n::error::', '漢字'.repeat(40)];
    const hostile = [
      keysAt(0, aKey(7, names)),
      keysAt(1, aKey(8, names.slice(0, 2), { version: names[2] ?? null }), aKey(7, names.slice(2))),
      keysAt(2, aKey(8, names, { version: 'v'.repeat(63) })),
      ...Array.from({ length: 40 }, (_, index) => keysAt(3 + index, aKey(9 + index, names))),
    ];
    const text = textOf([...records, ...hostile], columns);
    for (const line of text.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
    expect(text).not.toMatch(/[^\P{C}\n]|^\s*::/mu);
    expect(text.replace(/\s+/g, ' ')).toContain('more (-f json lists them)');
  });

  it('has no part of it where nothing is recorded of keys', () => {
    expect(textOf([])).not.toMatch(/KEYS|VERSIONS|ADOPT|RECURRING/);
  });
});

it('counts remediations by participant and result', () => {
  const shown = (columns: number) =>
    textOf(
      [
        aRemediationRecord(),
        aRemediationRecord({ result: 'failed', at: minute(1) }),
        aRemediationRecord({ participant: 'gateway', at: minute(2) }),
      ],
      columns,
    )
      .split('\n\n')
      .at(-1);
  expect(shown(80)).toMatchInlineSnapshot(`
    "REMEDIATIONS      STARTED  RESULTS   LAST
      ✗ auth_service        1  1 failed  2026-01-31 12:01:00Z
      ? gateway             1  -         2026-01-31 12:02:00Z
    "
  `);
  expect(shown(30)).toMatchInlineSnapshot(`
    "REMEDIATIONS
      ✗ auth_service
        1 started: 1 failed; the
        last at 2026-01-31
        12:01:00Z
      ? gateway
        1 started: -; the last at
        2026-01-31 12:02:00Z
    "
  `);
});
