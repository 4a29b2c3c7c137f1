import { expect, it } from 'vitest';
import { check } from '../../src/index.js';
import { json, startServer } from '../support/http-server.js';
import { fingerprint } from '../support/service.js';

it('shows no variable of the configuration expanded, wherever it stands', async () => {
  const env: Record<string, string> = {
    STORE: 'the secret of the reference, long enough for all',
    NOTE: 'note-of-the-board',
    CURRENCY: 'CUR7xyz',
    PROBE: 'probe-named-in-private',
    PROBE_B: 'another-named-in-private',
    NAME: 'PRIVATE_NAME_ONE',
    NAME_B: 'PRIVATE_NAME_TWO',
    PINNED: fingerprint('another one', 8),
    PRIVATE_NAME_TWO: 'what the second name holds, long enough',
  };
  const server = await startServer(json({ error: 'no' }, 401));
  const url = server.origin;
  try {
    const report = await check({
      env,
      config: {
        currency: `\${CURRENCY}`,
        environments: {
          staging: {
            reference: 'store',
            participants: {
              store: { source: { kind: 'env', names: ['STORE'] } },
              api: {
                impact: { mrr: 7, note: `\${NOTE}` },
                probes: [
                  { kind: 'http', name: `\${PROBE}`, url },
                  { kind: 'http', name: `\${PROBE_B}`, url },
                ],
              },
              job: { source: { kind: 'env', names: [`\${NAME}`, `\${NAME_B}`] } },
              unset: { source: { kind: 'env', names: [`\${NAME}`] } },
              written: { source: { kind: 'pinned', fingerprint: `\${PINNED}` } },
            },
          },
        },
      },
    });
    const text = JSON.stringify(report);
    for (const [name, value] of Object.entries(env)) {
      if (name !== 'PINNED') expect(text, name).not.toContain(value);
    }
    expect(report.participants.find((p) => p.name === 'written')?.fingerprint).toBe(env.PINNED);
    expect(text).toContain(`\${PROBE_B}`);
  } finally {
    await server.close();
  }
});
