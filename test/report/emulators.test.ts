import { describe, expect, it } from 'vitest';
import { startSecretManager } from '../../src/demo/secret-manager.js';
import { check } from '../../src/index.js';
import type { Report } from '../../src/model.js';
import { eventFormats } from '../../src/monitor/print/output-recipient.js';
import { formatNames } from '../../src/report/format-names.js';
import { reporters } from '../../src/report/index.js';
import { viewOf } from '../../src/report/view/view.js';
import { event } from '../support/events.js';
import { aReport } from '../support/reports.js';
import { plainStyle } from '../support/style.js';

/** Invisible characters that keep Markdown from making a link of it. */
const shown = (text: string): string => text.replaceAll('&#8203;', '');

const where = '127.0.0.1:9123';
const styles = [plainStyle, { ...plainStyle, quiet: true }, { ...plainStyle, columns: 40 }];

describe.each(formatNames)('the format %s', (format) => {
  it('names an emulator of Secret Manager, however little it prints', () => {
    for (const style of styles) {
      expect(shown(reporters[format](viewOf(aReport({ emulators: [where] })), style))).toContain(where);
      expect(reporters[format](viewOf(aReport()), style).toLowerCase()).not.toContain('emulator');
    }
  });
});

describe.each(['pretty', 'ndjson'] as const)('events as %s', (format) => {
  it('name an emulator of Secret Manager', () => {
    for (const style of styles)
      expect(eventFormats[format](event('drift-detected', { emulators: [where] }), style)).toContain(where);
  });
});

describe('a check', () => {
  const id = { project: 'example-staging', secret: 'jwt' };
  const source = { kind: 'google-secret-manager', ...id } as const;
  const secret = 'what the emulator holds, long enough';
  const checked = async (endpoint: string | undefined, env: Record<string, string>): Promise<Report> =>
    check({
      config: {
        environments: {
          e: {
            participants: {
              store: { source: { ...source, endpoint } },
              tests: { source: { kind: 'env', names: ['SECRET'] } },
            },
          },
        },
      },
      env: { SECRET: secret, ...env },
    });

  it('tells of an emulator that it asked, whichever way it was named', async () => {
    const manager = await startSecretManager();
    manager.store.add(id, secret);
    const address = `127.0.0.1:${manager.port}`;
    try {
      const env = { SECRET_MANAGER_EMULATOR_HOST: address };
      expect(await checked(undefined, env)).toMatchObject({ verdict: 'consistent', emulators: [address] });
      const byEndpoint = await checked(`http://${address}`, {});
      expect(byEndpoint).toMatchObject({ verdict: 'consistent', emulators: [address] });
      const hidden = await checked(`http://\${EMULATOR}`, { EMULATOR: address });
      expect(hidden.emulators).toEqual([`\${EMULATOR}`]);
    } finally {
      await manager.close();
    }
  });

  it('tells of none where none was asked', async () => {
    const config = {
      environments: { e: { participants: { a: { source: { kind: 'env', names: ['SECRET'] } } } } },
    };
    const env = { SECRET: secret, SECRET_MANAGER_EMULATOR_HOST: where };
    expect(await check({ config: JSON.parse(JSON.stringify(config)), env })).not.toHaveProperty('emulators');
  });
});
