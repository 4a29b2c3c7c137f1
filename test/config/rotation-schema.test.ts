import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { type RotationSettings, rotation } from '../../src/config/rotation-schema.js';
import { type Config, configSchema } from '../../src/config/schema.js';

const minute = 60_000;
const hour = 60 * minute;

const withRollout = (run: string[]): Config['environments'] => ({
  staging: { participants: { a: { source: { kind: 'pinned', fingerprint: '11111111' }, rollout: { run } } } },
});
const environments = withRollout(['systemctl', 'restart', 'auth']);

describe('rotation in the configuration', () => {
  it('has a default for everything but the lives of tokens', () => {
    expect(rotation.parse({})).toEqual({
      bytes: 32,
      drain: {},
      skew: 2 * minute,
      settle: minute,
      patience: 15 * minute,
      aliases: { current: 'current', next: 'next', previous: 'previous' },
      hooks: { staged: [], promoted: [], revoked: [], finished: [] },
      hookTimeout: 5 * minute,
    } satisfies RotationSettings);
  });

  it('reads days, and token types that are not waited for', () => {
    expect(
      rotation.parse({ drain: { access: '1h', refresh: '30d', session: 'reauthenticate' } }).drain,
    ).toEqual({ access: hour, refresh: 30 * 24 * hour, session: 'reauthenticate' });
  });

  it('gives a rollout five minutes', () => {
    const { staging } = configSchema.parse({ environments }).environments;
    expect(staging?.participants.a?.rollout).toEqual({
      run: ['systemctl', 'restart', 'auth'],
      timeout: 5 * minute,
    });
  });

  it.each([
    ['a key shorter than any hash', { bytes: 31 }, 'bytes'],
    ['a life of no length', { drain: { access: '0s' } }, 'drain.access'],
    ['a life in words', { drain: { access: 'long' } }, 'drain.access'],
    ['an alias of Secret Manager itself', { aliases: { current: 'latest' } }, 'aliases.current'],
    ['an alias that starts with a digit', { aliases: { next: '8' } }, 'aliases.next'],
    ['one alias for two versions', { aliases: { current: 'a', previous: 'a' } }, 'aliases'],
    ['a hook without a program', { hooks: { staged: [[]] } }, 'hooks.staged.0'],
    ['a hook for a shell', { hooks: { staged: ['make deploy'] } }, 'hooks.staged.0'],
    ['a hook of a state that has none', { hooks: { idle: [] } }, 'hooks'],
  ])('does not take %s', (_, settings, path) => {
    const result = rotation.safeParse(settings);
    expect(result.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });

  it('knows every token type whose life it names', async () => {
    const config = {
      token: { types: { access: {}, refresh: {} } },
      rotation: { drain: { access: '1h', refersh: '30d' } },
      environments,
    };
    await expect(loadConfig({ config, cwd: '/', env: {} })).rejects.toThrow(
      'rotation.drain.refersh: `token.types` has no such token type; did you mean `refresh`?',
    );
  });

  it('warns of a variable among the arguments of a hook or a rollout', async () => {
    const run = ['curl', '-H', `\${TOKEN}`, 'https://deploy.example.com'];
    const config = { rotation: { hooks: { promoted: [run] } }, environments: withRollout(run) };
    const { warnings } = await loadConfig({
      config,
      cwd: '/',
      env: { TOKEN: 'a-token-of-the-deploy-system' },
    });
    expect(warnings).toEqual([
      'rotation.hooks.promoted[0][2]: other users of this machine can read the arguments of programs: let the program read the variable itself',
      'environments.staging.participants.a.rollout.run[2]: other users of this machine can read the arguments of programs: let the program read the variable itself',
    ]);
  });
});
