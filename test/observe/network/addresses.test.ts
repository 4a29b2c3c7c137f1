import { describe, expect, it } from 'vitest';
import { closeAfterEach, network } from './client.js';

closeAfterEach();

describe('addresses', () => {
  it('of an address are itself', async () => {
    expect(await network().addresses('[::1]')).toEqual({ ok: true, value: ['::1'] });
    expect(await network().addresses('127.0.0.1')).toEqual({ ok: true, value: ['127.0.0.1'] });
  });

  it('of a name are each given once', async () => {
    const outcome = await network().addresses('localhost');
    expect(outcome.ok && outcome.value.length).toBeGreaterThan(0);
    expect(outcome.ok && new Set(outcome.value).size === outcome.value.length).toBe(true);
  });

  it('of a name that is none are a failure', async () => {
    expect(await network().addresses('nowhere.invalid')).toMatchObject({ ok: false });
  });

  it('are not waited for once the check has ended', async () => {
    const outcome = await network({ signal: AbortSignal.abort() }).addresses('localhost');
    expect(outcome).toMatchObject({ ok: false, error: { code: 'timeout' } });
  });
});
