import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { json, type TestServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import {
  checked,
  codes,
  httpProbe,
  kinds,
  type Presented,
  plainAnswer,
  socketProbe,
  startHttpService,
  startSocketService,
  type Verifies,
} from './any-service.js';

const toClose: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of toClose.splice(0)) await one.close();
});

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function service(
  answer: (presented: Presented, request: IncomingMessage, response: ServerResponse) => void,
  verifies?: Verifies,
): Promise<TestServer> {
  const server = await startHttpService(answer, verifies);
  toClose.push(server);
  return server;
}

/** Verifies with another key than the right one, and answers `locked` to everything after so many invalid tokens. */
function drifted(after: number, locked: Answer, verifies: Verifies = { key: 'a key that nobody knows' }) {
  let invalid = 0;
  return service((presented, request, response) => {
    if (invalid >= after) return locked(request, response);
    if (presented.complaint !== null) invalid += 1;
    plainAnswer(presented, request, response);
  }, verifies);
}

describe('a lock-out or rate limit that a forged token meets', () => {
  /** Answers all requests but the first ones like this, whatever the token. */
  const limited = (after: number, answer: Answer): Promise<TestServer> => {
    let requests = 0;
    return service((_, request, response) => {
      requests += 1;
      (requests > after ? answer : json({ ok: true }))(request, response);
    });
  };

  it('in words is not taken for a rejection', async () => {
    const server = await limited(1, json({ error: 'Too many failed attempts' }, 403));
    const report = await checked({ svc: httpProbe(server) });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(report.findings).toMatchObject([
      {
        code: 'probe-inconclusive',
        message:
          'svc accepted a valid token, but after the invalid ones it answered a valid token like the forged one (me): 403 Forbidden: Too many failed attempts. It may have locked out this address, so its answer to the forged token proves nothing.',
      },
    ]);
    expect(kinds(server).at(-1)).toBe('valid');
  });

  it('without words is not taken for a rejection where another invalid token got another answer', async () => {
    // It verifies no token, but requires one.
    let missing = false;
    const server = await service(({ token }, request, response) => {
      if (missing) return json({ error: 'Forbidden' }, 403)(request, response);
      if (token !== '' && kinds(server).length === 1) return json({ ok: true })(request, response);
      if (token === '') {
        missing = true;
        return json({ error: 'no token' }, 401)(request, response);
      }
      // As if the request without a token had come first.
      json({ error: 'Forbidden' }, 403)(request, response);
    });
    const report = await checked({ svc: httpProbe(server) }, { controls: ['forged', 'missing'] });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(codes(report)).toEqual(['probe-inconclusive']);
  });

  it('is none where the valid token is still accepted', async () => {
    const server = await service(({ complaint }, request, response) =>
      (complaint === null ? json({ ok: true }) : json({ error: 'your account is locked' }, 403))(
        request,
        response,
      ),
    );
    const report = await checked({ svc: httpProbe(server) });
    expect(report).toMatchObject({ verdict: 'consistent', exitCode: 0, findings: [] });
    expect(kinds(server).filter((kind) => kind === 'valid')).toHaveLength(2);
  });
});

describe('a lock-out or rate limit that is in force before the check', () => {
  it.each<[string, number, unknown]>(
    some(
      [
        ['locked', 403, { error: 'locked' }],
        ['too many failed attempts', 403, { error: 'too many failed attempts' }],
        ['a blocked address', 401, { message: 'Your IP address has been blocked.' }],
        ['a limit that is exceeded', 403, { message: 'API rate limit exceeded for 203.0.113.7.' }],
        ['maximum attempts', 401, { error: 'Maximum login attempts exceeded, try again in 5 minutes' }],
        ['AccountLockedException', 401, { exception: 'AccountLockedException', message: 'account_locked' }],
        ['429', 429, {}],
        ['423', 423, {}],
      ],
      2,
    ),
  )('(%s, %i) is named, and no cause', async (_, status, body) => {
    const server = await service((_presented, request, response) => json(body, status)(request, response));
    const report = await checked({ svc: httpProbe(server) });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3, level: 'WARNING' });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.findings[0]?.message).toContain('with a lock-out or a rate limit');
    expect(report.findings[0]?.remedy).toMatch(/^Wait until the lock-out or rate limit of svc is over/);
    // No follow-up, which would only prolong it.
    expect(server.requests).toHaveLength(6);
  });

  it('is believed without any invalid token', async () => {
    const server = await service((_, q, r) => json({ error: 'too many failed attempts' }, 403)(q, r));
    const report = await checked({ svc: httpProbe(server) }, { controls: 'none' });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(server.requests).toHaveLength(1);
  });

  it('is named with the time that it asks to wait', async () => {
    const server = await service((_, request, response) => {
      response.setHeader('retry-after', '120');
      json({ error: 'Forbidden' }, 403)(request, response);
    });
    const report = await checked({ svc: httpProbe(server) });
    expect(report.exitCode).toBe(3);
    expect(report.findings[0]?.remedy).toContain('(it asks to wait: 120 s)');
  });

  it('of a socket is named', async () => {
    const server = await startSocketService((_, socket) => socket.close(1008, 'too many failed attempts'));
    toClose.push(server);
    const report = await checked({ svc: socketProbe(server) }, { controls: ['forged', 'missing'] });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    expect(report.findings[0]?.message).toContain('with a lock-out or a rate limit');
  });

  it('that some samples meet is not two replicas', async () => {
    let requests = 0;
    const server = await service((presented, request, response) => {
      requests += 1;
      if (requests % 3 === 0) return json({ error: 'rate limit reached' }, 403)(request, response);
      plainAnswer(presented, request, response);
    });
    const report = await checked({ svc: httpProbe(server, { samples: 5 }) });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report.exitCode).toBe(3);
  });

  it.each(
    some(
      [
        'Something went wrong, please try again later',
        'Unauthorized. 3 attempts remaining',
        'invalid_token: too many failures will block your address',
        'Signature verification failed; your IP has been blocked',
      ],
      2,
    ),
  )('is none where the answer is: %s', async (error) => {
    const server = await service(
      ({ complaint }, q, r) => {
        if (complaint === null) return json({ ok: true })(q, r);
        json({ error }, 401)(q, r);
      },
      { key: 'a key that nobody knows' },
    );
    const report = await checked({ svc: httpProbe(server) });
    expect(codes(report)).toEqual(['rejects-valid-token']);
    expect(report).toMatchObject({ verdict: 'inconsistent', exitCode: 1 });
  });

  it('is none where only the valid token is told that its account is locked', async () => {
    const server = await service(({ complaint }, request, response) =>
      json({ error: complaint === null ? 'account is locked' : 'bad token' }, 401)(request, response),
    );
    const report = await checked({ svc: httpProbe(server) });
    expect(codes(report)).toEqual(['rejects-valid-token']);
    expect(report.exitCode).toBe(1);
  });

  it('is none where one changed token is accepted', async () => {
    const server = await service(
      ({ complaint }, request, response) =>
        json(complaint === null ? {} : { error: 'blocked' }, complaint === null ? 200 : 403)(
          request,
          response,
        ),
      { algorithms: ['HS512'] },
    );
    // Nothing was asked of it, for it says that we are locked out.
    expect(await checked({ svc: httpProbe(server) })).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
  });
});

describe('a rate limit that begins after the valid token', () => {
  it('is not said to have met the valid token, too', async () => {
    let answered = 0;
    const server = await service(({ complaint }, request, response) => {
      answered += 1;
      if (answered > 1) return json({ error: 'slow down' }, 429)(request, response);
      json({}, complaint === null ? 200 : 401)(request, response);
    });
    const report = await checked({ svc: httpProbe(server, { samples: 2 }) });
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
    const messages = report.findings.map(({ message }) => message).join('\n');
    expect(messages).toMatch(/^svc accepted a valid token, and answered another one with a lock-out/m);
    expect(messages).not.toContain('valid one included');
  });
});

describe('a lock-out that begins in the follow-up', () => {
  const silently: Answer = json({ detail: 'Forbidden' }, 403);
  const inWords: Answer = json({ error: 'too many failed attempts' }, 403);
  const limited: Answer = json({ error: 'slow down' }, 429);
  const ways = { silently, inWords, limited } as const;

  it.each(
    some(
      ([1, 2, 3, 5, 6, 7, 8, 10, 13, 18] as const).flatMap((after) =>
        (['silently', 'inWords', 'limited'] as const).map((way) => [after, way] as const),
      ),
      8,
    ),
  )('after %i invalid tokens (%s) ends it, and rules nothing out', async (after, way) => {
    const server = await drifted(after, ways[way]);
    const report = await checked({ svc: httpProbe(server) });
    // The valid token was rejected before, with another answer than the lock-out's.
    expect(codes(report).filter((code) => code !== 'probe-inconclusive')).toEqual(['rejects-valid-token']);
    expect(report.verdict).toBe('inconsistent');
    expect(report.findings[0]?.evidence).not.toHaveProperty('ruledOut');
    expect(report.findings[0]?.evidence).not.toHaveProperty('layers');
    expect(report.findings[0]?.evidence).not.toHaveProperty('signatureVerified');
    expect(report.findings[0]?.remedy).toContain('Wait until any lock-out or rate limit of svc is over');
    // A wave that was under way, a forged token and a valid one are all that the lock-out sees of us.
    const tokensBefore = Math.max(after, 6);
    expect(server.requests.length - tokensBefore).toBeLessThanOrEqual(9);
  });

  it.each(['silently', 'inWords', 'limited'] as const)(
    'leaves a cause alone that was proved before (%s)',
    async (way) => {
      const server = await drifted(24, ways[way], { algorithms: ['HS512'] });
      expect(codes(await checked({ svc: httpProbe(server) }))).toEqual(['algorithm-mismatch']);
    },
  );

  it.each(some([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], 4))(
    'after %i invalid tokens does not make a service verify what it waves through',
    async (after) => {
      let invalid = 0;
      const server = await service(({ token, complaint }, request, response) => {
        if (invalid >= after) return silently(request, response);
        const alg = token === '' ? null : Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
        if (alg?.includes('HS512')) return json({ ok: true })(request, response);
        invalid += 1;
        json({ error: complaint ?? 'no' }, 401)(request, response);
      });
      const report = await checked({ svc: httpProbe(server) }, { controls: ['forged', 'missing'] });
      expect(codes(report)).toEqual(['rejects-valid-token']);
    },
  );

  it('is told from one that ends: then nothing is known', async () => {
    let requests = 0;
    const server = await service((presented, request, response) => {
      requests += 1;
      if (requests <= 8) return json({ detail: 'Forbidden' }, 403)(request, response);
      plainAnswer(presented, request, response);
    });
    const report = await checked({ svc: httpProbe(server) });
    expect(codes(report)).toEqual(['probe-inconclusive']);
    expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
  });

  it('does not spread to the next probe of the same service', async () => {
    const server = await drifted(9, inWords);
    const [probe] = httpProbe(server).probes;
    await checked({ svc: { probes: [probe, { ...probe, name: 'other' }] } });
    expect(kinds(server).length).toBeLessThanOrEqual(9 + 7);
  });
});

it('a lock-out after the first invalid token is not two layers, also without a follow-up', async () => {
  const server = await drifted(1, json({ detail: 'Forbidden' }, 403));
  const report = await checked({ svc: httpProbe(server) }, { followUp: false });
  expect(codes(report)).toEqual(['rejects-valid-token']);
  expect(report.findings[0]?.message).not.toContain('layers');
});
