import { afterEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/http-server.js';
import { checked, codes, httpProbe, plainAnswer, startHttpService, type Verifies } from './any-service.js';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const hour = 3_600_000;

/**
 * A service by another clock, which does not look at `iat`.
 * @param dateMs by how much its `Date` is ahead; `null`: it sends none
 */
async function service(verifies: Verifies, dateMs: number | null): Promise<TestServer> {
  const server = await startHttpService((presented, request, response) => {
    response.sendDate = false;
    if (dateMs !== null) response.setHeader('date', new Date(Date.now() + dateMs).toUTCString());
    const early = presented.complaint === 'jwt issued in the future';
    plainAnswer(early ? { ...presented, complaint: null } : presented, request, response);
  }, verifies);
  servers.push(server);
  return server;
}

describe('an expired token is accepted', () => {
  it('by a clock that is two hours behind', async () => {
    const report = await checked({ svc: httpProbe(await service({ clockMs: -2 * hour }, -2 * hour)) });
    expect(codes(report)).toEqual(['clock-skew']);
    expect(report.findings[0]?.message).toContain('2 hours behind');
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1 });
  });

  it.each([
    ['no Date', null],
    ['the Date of a proxy', 0],
  ])('by a clock that is not known (%s)', async (_, dateMs) => {
    const report = await checked({ svc: httpProbe(await service({ clockMs: -2 * hour }, dateMs)) });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(report.findings[0]?.message).toContain('its clock may be an hour or more behind');
  });

  it('within a leeway of two hours', async () => {
    const report = await checked({ svc: httpProbe(await service({ leeway: 7200 }, 0)) });
    expect(codes(report)).toEqual(['probe-inconclusive']);
  });

  it.each([
    ['a Date', 0],
    ['no Date', null],
    ['a Date that is two hours behind', -2 * hour],
  ])('whatever its age (%s)', async (_, dateMs) => {
    const report = await checked({ svc: httpProbe(await service({ leeway: 1e12 }, dateMs)) });
    expect(codes(report)).toEqual(['accepts-expired-token']);
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1, level: 'CRITICAL' });
  });
});

it('a verifier without leeway is not said to have a clock that is off where its Date agrees', async () => {
  const server = await startHttpService((presented, request, response) => {
    const isFresh = presented.complaint === null && Number(presented.claims.iat) > Date.now() / 1000 - 3;
    const complaint = isFresh ? 'not usable' : presented.complaint;
    plainAnswer({ ...presented, complaint }, request, response);
  });
  servers.push(server);
  const report = await checked({ svc: httpProbe(server) });
  expect(codes(report)).toEqual(['clock-skew']);
  expect(report.findings[0]?.message).toContain('allows no leeway for `iat` or `nbf`');
  expect(report.findings[0]?.message).not.toContain('The clock of');
  expect(report.findings[0]?.remedy).toContain('Allow a leeway');
});
