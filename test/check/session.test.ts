import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession, type RunOptions, type Session } from '../../src/check/session.js';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import { type SecretManager, startSecretManager } from '../../src/demo/secret-manager.js';
import { configOf, participant, type Service, startService, variable } from '../support/service.js';

const toClose: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(toClose.splice(0).map((one) => one.close()));
});

async function opened<T extends { close(): Promise<void> }>(starting: T | Promise<T>): Promise<T> {
  const one = await starting;
  toClose.push(one);
  return one;
}

async function sessionOf(config: object, env: Record<string, string> = {}): Promise<Session> {
  const loaded = await loadConfig({ config: config as Config, cwd: process.cwd(), env });
  return opened(openSession(loaded, { env }));
}

const checked = (session: Session, conduct: RunOptions = {}, signal = new AbortController().signal) =>
  session.check(conduct, { now: () => new Date(), signal, progress: () => {} });

const secret = 'a-secret-that-is-long-enough-for-HS256';

/** The names of the warnings that Node gives meanwhile. */
async function warned(during: () => Promise<unknown>): Promise<string[]> {
  const names: string[] = [];
  const listener = ({ name }: Error): void => void names.push(name);
  process.on('warning', listener);
  try {
    await during();
    // They are given in a later turn.
    await sleep(0);
  } finally {
    process.off('warning', listener);
  }
  return names;
}

it('waits for many commands at once without a warning', async () => {
  const source = { kind: 'command', run: ['sh', '-c', `sleep 0.05; printf %s '${secret}'`] };
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`service_${n}`, { source }]));
  const session = await sessionOf(configOf(many, { concurrency: 12 }), { [variable]: secret });
  const warnings = await warned(async () => {
    expect(await checked(session)).toMatchObject({ verdict: 'consistent' });
  });
  expect(warnings).toEqual([]);
});

describe('a session with a service', () => {
  let service: Service;
  beforeEach(async () => {
    service = await opened(startService(secret));
  });
  const open = () => sessionOf(configOf({ auth: participant(service) }), { [variable]: secret });

  it('makes one connection for twenty checks', async () => {
    const session = await open();
    for (let n = 0; n < 20; n++) {
      const report = await checked(session, { probes: false });
      expect(report.verdict).toBe('consistent');
      // A connection is free again one turn after its answer; nobody checks more often than that.
      await sleep(5);
    }
    expect(service.requests).toHaveLength(20);
    expect(service.connections).toBe(1);
  });

  it('sees a key that was replaced', async () => {
    const session = await open();
    expect((await checked(session)).verdict).toBe('consistent');
    service.hold(`${secret}\n`);
    expect((await checked(session)).verdict).toBe('inconsistent');
    service.hold(secret);
    expect((await checked(session)).verdict).toBe('consistent');
  });

  it('keeps no connection that was made for one request alone', async () => {
    const { source, probes } = participant(service);
    const session = await sessionOf(configOf({ auth: { source: { ...source, samples: 3 }, probes } }), {
      [variable]: secret,
    });
    for (let n = 0; n < 3; n++) await checked(session);
    const asked = service.requests.filter((r) => r.url?.startsWith('/fingerprint'));
    expect(new Set(asked.map((r) => r.socket)).size).toBe(9);
    await expect.poll(() => asked.every((r) => r.socket.destroyed)).toBe(true);
  });

  it('connects anew where the server closed the connection in between', async () => {
    const session = await open();
    for (let n = 0; n < 3; n++) {
      expect((await checked(session)).verdict).toBe('consistent');
      for (const { socket } of service.requests) socket.destroy();
    }
  });

  it('takes up what was interrupted', async () => {
    const session = await open();
    const slow = await opened(startService(secret, { delayMs: 300 }));
    const other = await sessionOf(configOf({ auth: participant(slow) }), { [variable]: secret });
    for (let n = 0; n < 3; n++) {
      const interruption = new AbortController();
      setTimeout(() => interruption.abort(), 50);
      await expect(checked(other, {}, interruption.signal)).rejects.toMatchObject({
        code: 'ERR_INTERRUPTED',
      });
    }
    expect((await checked(other)).verdict).toBe('consistent');
    expect((await checked(session)).verdict).toBe('consistent');
  });

  it('gives every check a deadline of its own', async () => {
    const slow = await opened(startService(secret, { delayMs: 200 }));
    const session = await sessionOf(configOf({ auth: participant(slow) }), { [variable]: secret });
    for (let n = 0; n < 2; n++) {
      expect((await checked(session, { deadlineMs: 50 })).verdict).toBe('inconclusive');
      expect((await checked(session)).verdict).toBe('consistent');
    }
  });

  it('leaves no listener for interruptions', async () => {
    const session = await open();
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<AbortSignal['addEventListener']>) => {
      listeners += 1;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<AbortSignal['removeEventListener']>) => {
      listeners -= 1;
      removeEventListener.apply(signal, args);
    };
    for (let n = 0; n < 3; n++) await checked(session, {}, signal);
    expect(listeners).toBe(0);
  });

  it('ends every connection when it is closed', async () => {
    const session = await open();
    await checked(session);
    await session.close();
    const stillOpen = () => service.requests.filter((r) => !r.socket.destroyed).length;
    await expect.poll(stillOpen).toBe(0);
    expect(await checked(session)).toMatchObject({ verdict: 'inconclusive' });
  });
});

describe('a session with Secret Manager', () => {
  const id = { project: 'example', secret: 'jwt' };
  let manager: SecretManager;
  let service: Service;
  let session: Session;
  beforeEach(async () => {
    manager = await opened(startSecretManager());
    service = await opened(startService(secret));
    manager.store.add(id, secret);
    session = await sessionOf({
      ...configOf({ auth: participant(service) }),
      environments: {
        staging: {
          reference: 'store',
          participants: {
            store: { source: { kind: 'google-secret-manager', ...id, endpoint: manager.url } },
            auth: participant(service),
          },
        },
      },
    });
  });

  it('reads the latest version in every check', async () => {
    expect(await checked(session)).toMatchObject({ verdict: 'consistent', reference: { version: '1' } });
    const next = 'the next secret, of thirty-two bytes or more';
    manager.store.add(id, next);
    expect(await checked(session)).toMatchObject({ verdict: 'inconsistent', reference: { version: '2' } });
    service.hold(next);
    expect(await checked(session)).toMatchObject({ verdict: 'consistent', reference: { version: '2' } });
  });

  it('recovers once Secret Manager does', async () => {
    expect(await checked(session)).toMatchObject({ verdict: 'consistent' });
    manager.intercept = () => true;
    expect(await checked(session, { timeoutMs: 200 })).toMatchObject({ verdict: 'inconclusive' });
    manager.intercept = (_request, response) => {
      response.writeHead(401).end();
      return true;
    };
    expect(await checked(session)).toMatchObject({ verdict: 'inconclusive' });
    manager.intercept = null;
    expect(await checked(session)).toMatchObject({ verdict: 'consistent' });
  });

  it('leaves nothing behind of the checks that found no Secret Manager', async () => {
    manager.intercept = (_request, response) => {
      response.writeHead(401).end();
      return true;
    };
    const warnings = await warned(async () => {
      for (let n = 0; n < 12; n++) await checked(session, { probes: false });
    });
    expect(manager.requests.length).toBeGreaterThanOrEqual(12);
    expect(warnings).toEqual([]);
  });

  it('is interrupted at once, and none the worse for it', async () => {
    manager.intercept = () => true;
    const interruption = new AbortController();
    const checking = checked(session, {}, interruption.signal);
    await expect.poll(() => manager.requests.length).toBeGreaterThan(0);
    interruption.abort();
    await expect(checking).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
    manager.intercept = null;
    expect(await checked(session)).toMatchObject({ verdict: 'consistent' });
  });
});
