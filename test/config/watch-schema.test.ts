import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { shownConfig } from '../../src/config/show.js';
import { ConfigError } from '../../src/errors.js';

const environments = {
  staging: {
    reference: 'one',
    participants: {
      one: { source: { kind: 'pinned', fingerprint: '200718bd' } },
      two: { source: { kind: 'pinned', fingerprint: '200718bd' } },
    },
  },
} as const;

const load = (watch: object, env = {}) =>
  loadConfig({ cwd: '/', env, config: { environments, watch }, watch: true });

async function problems(watch: object): Promise<string[]> {
  const error = await load(watch).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ConfigError)) return [];
  return error.problems.map(({ path, message }) => `${path}: ${message}`);
}

const silence = { reason: 'rotation', from: '2026-02-01T10:00:00Z', until: '2026-02-01T11:00:00+01:00' };

describe('what watch says', () => {
  it.each([
    [{ failureThreshold: 3, failureWindow: 2 }, 'watch.failureWindow: must be at least failureThreshold'],
    [{ silence: [silence] }, 'watch.silence[0].until: must end after it starts'],
    [{ silence: [{ ...silence, from: 'now' }] }, 'watch.silence[0].from: expected a time'],
    [
      { silence: [{ ...silence, from: '2026-01-01T10:00:00Z', participants: ['tow'] }] },
      'watch.silence[0].participants[0]: there is no participant of this name',
    ],
    [{ heartbeat: { url: 'http://beat.example.com/x' } }, 'watch.heartbeat.url: plain http'],
    [{ heartbeat: { url: 'https://beat.example.com/x', every: '1ms' } }, 'watch.heartbeat.every'],
    [{ hosts: ['monitor.internal:80'] }, 'watch.hosts[0]: expected a host name'],
    [{ externalUrl: 'monitor' }, 'watch.externalUrl'],
  ])('%j is refused: %s', async (watch, expected) => {
    expect((await problems(watch)).join('\n')).toContain(expected);
  });

  it('may be all of it', async () => {
    const watch = {
      failureThreshold: 3,
      silence: [{ ...silence, until: '2026-02-02T10:00:00.5+01:00', participants: ['two'] }],
      heartbeat: { url: 'http://127.0.0.1:1/x' },
      hosts: ['monitor.internal'],
      externalUrl: 'https://monitor.example.com/jwt',
      runbookUrl: 'https://wiki.example.com/jwt',
      groupAbove: 9,
    };
    const { settings } = await load(watch);
    expect(settings.watch).toMatchObject({ ...watch, heartbeat: { every: 60_000 } });
  });

  it('keeps the address of the heartbeat to itself', async () => {
    const url = 'https://beat.example.com/0a1b2c3d-4e5f-6789';
    const loaded = await load({ heartbeat: { url } });
    expect(loaded.label(`GET ${url} failed`)).not.toContain('0a1b2c3d');
    expect(JSON.stringify(shownConfig(loaded.tree, loaded.settings))).not.toContain('0a1b2c3d');
  });
});
