import { describe, expect, it } from 'vitest';
import { demoRotate, type Replaced } from '../../src/cli/commands/demo/demo-rotate.js';
import { secretId } from '../../src/demo/configuration.js';
import type { RotationPace } from '../../src/demo/rotation/rotation-configuration.js';
import { anIo } from '../support/outputs.js';
import { plainStyle } from '../support/style.js';

/** Quick, with few reads of the secret: these cost most. */
const pace: RotationPace = {
  refresh: '400ms',
  settle: '600ms',
  tokenLife: 3,
  startMs: 50,
  intervalMs: 300,
  samples: 3,
  perSecond: 60,
};

async function run(flags: { isCutover?: boolean; columns?: number } = {}, replaced: Replaced = {}) {
  const { isCutover = false, columns } = flags;
  const ending = new AbortController();
  const io = { ...anIo(), now: () => new Date(), signal: ending.signal };
  const style = { ...plainStyle, columns: columns ?? 80 };
  const format = columns === undefined ? 'json' : 'pretty';
  const code = await demoRotate({ format, style, isCutover }, io, { pace, ...replaced });
  return { code, stdout: io.stdout.text(), stderr: io.stderr.text() };
}

/** Neither a key nor a token. */
const secretLike = /[0-9a-f]{32}|eyJ|[\w-]{40}/;

describe('demo --rotate', () => {
  it('rotates the key, and rejects no valid token over HTTP and WebSocket', async () => {
    const { code, stdout, stderr } = await run();
    const result = JSON.parse(stdout);
    const { mode, problem, rejected, unanswered, window } = result;
    expect({ code, mode, problem, rejected, unanswered, window }).toEqual({
      code: 0,
      mode: 'overlap',
      problem: null,
      rejected: 0,
      unanswered: 0,
      window: null,
    });
    expect(result.states.map(({ state }: { state: string }) => state)).toEqual([
      'staged',
      'promoted',
      'revoked',
      'finished',
    ]);
    for (const groups of [result.byTransport, result.byIssuer, result.byService])
      for (const { presented } of Object.values<{ presented: number }>(groups))
        expect(presented).toBeGreaterThan(0);
    expect(Object.keys(result.byTransport).sort()).toEqual(['http', 'websocket']);
    expect(Object.keys(result.byIssuer)).toHaveLength(2);
    // Tokens from before were used after services began to sign with the new key.
    const seen = result.byState.map(
      ({ state, version }: { state: string; version: string }) => `${state} ${version}`,
    );
    expect(seen).toEqual(expect.arrayContaining(['staged 1', 'promoted 1', 'promoted 2']));
    expect(stderr).toContain('$ jwtcheck rotate start --apply');
    expect(`${stdout}${stderr}`).not.toMatch(secretLike);
  });

  it('counts the tokens that are rejected where the gates are bypassed, and ends with 1', async () => {
    const { code, stdout } = await run(
      { columns: 40 },
      {
        // As without jwtcheck: the new version is in use at once, and nobody accepts the old one any more.
        runStep: async (_command, { secretManager: { store } }) => {
          if (store.secret(secretId).versions.written.length === 1) {
            store.add(secretId, 'b'.repeat(64));
            store.update(secretId, { versionAliases: new Map([['current', 2]]) }, null);
          }
          await new Promise((resolve) => setTimeout(resolve, 900));
          return { code: 0, message: 'the gate was bypassed', problem: null, measured: null };
        },
      },
    );
    expect(code).toBe(1);
    const [, rejected] = /^✗ (\d+) of \d+ valid tokens/m.exec(stdout) ?? [];
    expect(Number(rejected)).toBeGreaterThan(0);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('shows for how long a cutover rejected valid tokens, and ends with 0', async () => {
    const { code, stdout } = await run({ isCutover: true });
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ mode: 'cutover', exitCode: 0, unanswered: 0 });
    expect(code).toBe(0);
    expect(result.rejected).toBeGreaterThan(0);
    expect(Date.parse(result.window.until)).toBeGreaterThan(Date.parse(result.window.from));
    expect(result.measured.presented).toBeGreaterThan(0);
    expect(result.states.at(-1)).toMatchObject({ state: 'finished' });
  });

  it('says what a rotation that stops waits for', async () => {
    const { code, stdout } = await run(
      { columns: 80 },
      {
        runStep: async () => ({
          code: 3,
          message: 'staged',
          problem: 'it waits for a replica',
          measured: null,
        }),
      },
    );
    expect(code).toBe(3);
    expect(stdout).toContain('it waits for a replica');
  });
});
