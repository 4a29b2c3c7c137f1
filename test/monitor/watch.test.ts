import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Config,
  ConfigError,
  type DriftEvent,
  type Report,
  UsageError,
  watch,
} from '../../src/index.js';
import { startServer } from '../support/http-server.js';
import { type Service, startService, variable } from '../support/service.js';
import { until } from '../support/watched.js';
import { workspace } from '../support/workspace.js';

const key = 'the key that everybody should hold, long enough';
const folder = workspace();
let service: Service;
let cwd: string;

beforeAll(async () => {
  service = await startService(key);
});
beforeEach(async () => {
  service.hold(key);
  cwd = await folder();
});
afterAll(() => service.close());

function config(): Config {
  return {
    token: { issuer: 'auth-service', audience: 'example-platform' },
    watch: { jitter: '0s', failureThreshold: 1, successThreshold: 1 },
    environments: {
      staging: {
        reference: 'store',
        participants: {
          store: { source: { kind: 'env', names: [variable] } },
          service: { source: { kind: 'http', url: `${service.origin}/fingerprint` } },
        },
      },
    },
  };
}

const options = () => ({ config: config(), cwd, env: { [variable]: key }, intervalMs: 100 });

describe('watch', () => {
  it('a notifier that refuses an event is asked once, it is said once, and the next event is sent as ever', async () => {
    let status = 404;
    const got: string[] = [];
    const hook = await startServer((request, response) => {
      got.push(String(request.headers['x-jwtcheck-event']));
      response.writeHead(status).end();
    });
    const warnings: string[] = [];
    const ending = new AbortController();
    const plain = config();
    const notify = [{ kind: 'webhook' as const, url: `${hook.origin}/hook` }];
    const watching = watch({
      ...options(),
      config: { ...plain, watch: { ...plain.watch, notify } },
      signal: ending.signal,
      onWarning: (text) => warnings.push(text),
    });
    try {
      service.hold(`${key}\n`);
      await until('it is said', () =>
        warnings.some((text) => text.includes('was not notified of drift-detected')),
      );
      status = 200;
      service.hold(key);
      await until('the end is sent', () => got.includes('drift-resolved'));
      expect(got).toEqual(['drift-detected', 'drift-resolved']);
      expect(warnings.filter((text) => text.startsWith('webhook '))).toEqual([
        expect.stringMatching(/^webhook was not notified of drift-detected .*HTTP 404\. Check the URL\.$/),
      ]);
    } finally {
      ending.abort();
      await watching;
      await hook.close();
    }
  });

  it('goes by the history where the state is lost: the end of a drift is still reported', async () => {
    const cycle = async (cycles: number): Promise<DriftEvent[]> => {
      const events: DriftEvent[] = [];
      await watch({ ...options(), cycles, onEvent: (event) => events.push(event) });
      return events;
    };
    service.hold(`${key}\n`);
    const [detected] = await cycle(1);
    expect(detected?.type).toBe('drift-detected');
    await rm(join(cwd, '.jwtcheck/state.json'));
    // What lasts is no new incident.
    expect(await cycle(1)).toEqual([]);
    await rm(join(cwd, '.jwtcheck/state.json'));
    service.hold(key);
    const [resolved, ...more] = await cycle(1);
    expect(resolved).toMatchObject({
      type: 'drift-resolved',
      incident: detected?.incident,
      dedupKey: detected?.dedupKey,
      since: detected?.since,
    });
    expect(more).toEqual([]);
    await rm(join(cwd, '.jwtcheck/state.json'));
    expect(await cycle(1)).toEqual([]);
  });

  it('tells of a drift and of its end, and ends with its signal', async () => {
    const ending = new AbortController();
    const events: DriftEvent[] = [];
    const reports: Report[] = [];
    const watching = watch({
      ...options(),
      signal: ending.signal,
      onEvent: (event) => events.push(event),
      onReport: (report) => reports.push(report),
    });
    await until('a check', () => reports.some(({ verdict }) => verdict === 'consistent'));
    service.hold(`${key}\n`);
    await until('the drift is told', () => events.length === 1);
    service.hold(key);
    await until('its end is told', () => events.length === 2);
    ending.abort();
    await watching;
    expect(events.map(({ type }) => type)).toEqual(['drift-detected', 'drift-resolved']);
    expect(events[0]?.findings[0]?.code).toBe('trailing-newline');
    const checked = reports.length;
    // The time in which another one checks twice would be enough.
    await watch({ ...options(), cycles: 2 });
    expect(reports).toHaveLength(checked);
  });

  it('ends after so many checks, and remembers them where the configuration says', async () => {
    const reports: Report[] = [];
    await watch({ ...options(), cycles: 2, onReport: (report) => reports.push(report) });
    expect(reports).toHaveLength(2);
    const history = await readFile(join(cwd, '.jwtcheck/history.ndjson'), 'utf8');
    expect(history.match(/^\{"type":"check"/gm)).toHaveLength(2);
  });

  it('tells an event again that onEvent did not take, also after a restart, and the same one', async () => {
    service.hold('quite another key, but as long as it should be');
    const refused: DriftEvent[] = [];
    const ending = new AbortController();
    const broken = watch({
      ...options(),
      signal: ending.signal,
      onEvent(event) {
        refused.push(event);
        throw new Error('of the caller');
      },
    });
    await until('it was tried', () => refused.length > 0);
    ending.abort();
    await broken;
    const taken: DriftEvent[] = [];
    await watch({ ...options(), cycles: 1, onEvent: async (event) => void taken.push(event) });
    expect(taken.map(({ id }) => id)).toEqual([refused[0]?.id]);
  });

  it('rejects with what onReport throws', async () => {
    const onReport = () => {
      throw new Error('of the caller');
    };
    await expect(watch({ ...options(), onReport })).rejects.toThrow('of the caller');
  });

  it('serves nothing unless configured', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    let during = 0;
    const onReport = () => {
      during = process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    };
    await watch({ ...options(), cycles: 1, onReport });
    expect(during).toBe(before);
    await watch({ ...options(), cycles: 1, onReport, listen: '127.0.0.1:0' });
    expect(during).toBe(before + 1);
  });

  it('warns of what the operator should know', async () => {
    const warnings: string[] = [];
    cwd = await folder({ '.jwtcheck/state.json': 'torn {' });
    const onWarning = (text: string) => {
      warnings.push(text);
      throw new Error('of the caller');
    };
    await watch({ ...options(), cycles: 1, onWarning });
    expect(warnings).toEqual([expect.stringContaining('set aside')]);
  });

  it('ends at once where it is already called off', async () => {
    await watch({ ...options(), signal: AbortSignal.abort() });
  });

  it('rejects a configuration that cannot be used', async () => {
    await expect(watch({ config: { environments: {} }, cwd, env: {} })).rejects.toBeInstanceOf(ConfigError);
  });

  it.each([
    ['intervalMs', { intervalMs: 99 }],
    ['listen', { listen: 'everywhere' }],
    ['cycles', { cycles: 0 }],
    ['onEvent', { onEvent: 'x' }],
    ['onReport', { onReport: 1 }],
    ['timeoutMs', { timeoutMs: -1 }],
  ])('refuses %s of %j before anything starts', async (name, wrong) => {
    // Types keep nobody from it who writes JavaScript.
    const given: object = { ...options(), ...wrong };
    const error = await watch(given).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: expect.stringMatching(`^${name}: takes `) });
  });
});
