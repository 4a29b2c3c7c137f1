import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import { watch } from '../../src/index.js';
import { readHistory } from '../../src/monitor/history/read.js';
import { type HistoryStatistics, summarise } from '../../src/monitor/history/statistics.js';
import { startService } from '../support/service.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();
const secret = { project: 'netra-staging', secret: 'jwt-secret' };
const oldKey = 'the key before the rotation, which is long enough';
const newKey = 'the key after the rotation, which is long enough';

it('a rotation that was watched is in the history: ages, adoption, who held what, and no secret', async () => {
  const cwd = await folder();
  // Created long before it is watched.
  let now = new Date('2025-06-01T00:00:00Z');
  const manager = await startSecretManager({ now: () => now });
  const service = await startService(oldKey);
  try {
    manager.store.add(secret, oldKey);
    let reports = 0;
    await watch({
      config: {
        watch: { jitter: '0s' },
        environments: {
          staging: {
            reference: 'store',
            participants: {
              store: {
                source: {
                  kind: 'google-secret-manager',
                  ...secret,
                  endpoint: manager.url,
                },
              },
              service: { source: { kind: 'http', url: `${service.origin}/fingerprint` } },
            },
          },
        },
      },
      cwd,
      env: {},
      intervalMs: 100,
      cycles: 6,
      onReport: () => {
        reports += 1;
        if (reports === 2) {
          now = new Date('2026-01-31T12:00:00Z');
          manager.store.add(secret, newKey);
        }
        if (reports === 4) service.hold(newKey);
      },
    });
  } finally {
    await manager.close();
    await service.close();
  }

  const path = join(cwd, '.jwtcheck/history.ndjson');
  const text = await readFile(path, 'utf8');
  expect(text.match(/^\{"type":"keys"/gm)).toHaveLength(3);
  expect(text).not.toContain('the key');
  const [environment] = (await statisticsOf(path)).environments;
  expect(environment).toMatchObject({
    keys: [
      {
        version: '2',
        createdAt: '2026-01-31T12:00:00.000Z',
        ageIs: 'exact',
        reference: true,
        participants: ['service', 'store'],
      },
      { version: '1', createdAt: '2025-06-01T00:00:00.000Z', ageIs: 'exact', participants: [] },
    ],
    holdings: [
      { participant: 'service', version: '1' },
      { participant: 'service', version: '2', until: null },
      { participant: 'store', version: '1' },
      { participant: 'store', version: '2', until: null },
    ],
    adoptions: [
      { status: 'complete', participants: 1, adopted: 1, from: { version: '1' }, to: { version: '2' } },
    ],
  });
  // Two intervals passed until the service followed.
  expect(environment?.adoptions[0]?.maxMs).toBeGreaterThanOrEqual(150);
});

async function statisticsOf(path: string): Promise<HistoryStatistics> {
  const summary = summarise({ since: null, until: new Date() });
  for await (const record of readHistory(path)) summary.add(record);
  return summary.statistics(0);
}
