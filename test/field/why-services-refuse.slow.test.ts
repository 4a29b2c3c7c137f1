import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Config, Report } from '../../src/index.js';
import { json, type TestServer } from '../support/http-server.js';
import { some } from '../support/random.js';
import { fingerprint } from '../support/service.js';
import {
  checked,
  codes,
  httpProbe,
  look,
  type Presented,
  secret,
  startHttpService,
  type Verifies,
} from './any-service.js';

const closing: TestServer[] = [];
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

type Answer = (presented: Presented, response: ServerResponse, request: IncomingMessage) => void;

interface More extends Verifies {
  readonly config?: Partial<Config>;
  /** What the reference holds. */
  readonly held?: string;
  /** Whether it answers with a `Date`; default yes. */
  readonly hasDate?: boolean;
  /** The secret whose fingerprint it shows; default: it shows none. */
  readonly shows?: string;
}

/** Checks a service that answers as told. */
async function asked(answer: Answer, { config, held, hasDate, shows, ...verifies }: More = {}) {
  const server = await startHttpService((presented, request, response) => {
    response.sendDate = hasDate !== false;
    if (request.url?.startsWith('/fingerprint'))
      return send(response, 200, { fingerprint: fingerprint(shows ?? '') });
    answer(presented, response, request);
  }, verifies);
  closing.push(server);
  const env = { THE_SECRET: held ?? secret };
  const report = await checked(
    {
      svc: {
        ...(shows === undefined
          ? {}
          : { source: { kind: 'http', url: `${server.origin}/fingerprint` } as const }),
        ...httpProbe(server),
      },
    },
    { env },
    { timeout: '15s', ...config },
  );
  return { report, server };
}

const send = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};
const ok = (response: ServerResponse): void => send(response, 200, { ok: true });

/** Answers 401 in words that depend on the complaint. */
const saying =
  (words: (complaint: string) => string, status = 401): Answer =>
  ({ complaint }, response) =>
    complaint === null ? ok(response) : send(response, status, { detail: words(complaint) });

const messageOf = ({ findings }: Report): string =>
  findings.map((f) => `${f.message} ${f.remedy}`).join('\n');

describe('which claim', () => {
  const types = { access: { token_type: 'access' } };
  /** Reads the type and the user of a token that is good otherwise, as Django's simplejwt does; never `sub`. */
  const users =
    (claim: string, words: string): Answer =>
    ({ complaint, claims }, response) => {
      if (complaint !== null)
        return send(response, 401, { detail: 'Token is invalid', code: 'token_not_valid' });
      if (claims.token_type === undefined) return send(response, 401, { detail: 'Token has no type' });
      if (claims.token_type !== 'access') return send(response, 401, { detail: 'Token has wrong type' });
      if (claims[claim] === undefined)
        return send(response, 401, { detail: 'Token contained no identification' });
      if (claims[claim] !== 1) return send(response, 401, { detail: words, code: 'not_found' });
      ok(response);
    };

  it.each(
    some(
      [
        ['user_id', 'User not found'],
        ['uid', 'No such user'],
        ['tenant', 'Unknown tenant'],
        ['account', 'Account is disabled'],
      ],
      2,
    ),
  )('%s is the one that is read, and its value is not known: %s', async (claim, words) => {
    const { report } = await asked(users(claim, words), {
      config: {
        token: { issuer: 'netra-auth-service', audience: 'netra-platform', claims: { [claim]: 99 }, types },
      },
    });
    expect(report.findings).toMatchObject([{ code: 'claims-rejected', evidence: { claim } }]);
  });

  it('is not named where the token does not have it, and never sub', async () => {
    const { report } = await asked(users('user_id', 'User not found'), {
      config: { token: { issuer: 'netra-auth-service', audience: 'netra-platform', types } },
    });
    for (const { evidence } of report.findings) expect(evidence.claim ?? null).not.toBe('sub');
  });

  it('is not named where words speak of a user, and nothing that the token says is read', async () => {
    const { report } = await asked(({ complaint }, response) =>
      send(response, 401, { detail: complaint === null ? 'User not found' : 'Token is invalid' }),
    );
    expect(report.findings).toMatchObject([{ code: 'claims-rejected', evidence: { claim: null } }]);
  });

  it('is told of a verifier that looks at claims before the signature', async () => {
    const { report } = await asked(({ token, claims, complaint }, response) => {
      if (token === '') return send(response, 401, { error: 'no token' });
      if (claims.aud !== 'another') return send(response, 401, { error: 'invalid audience' });
      complaint === null ? ok(response) : send(response, 401, { error: complaint });
    });
    expect(report.findings).toMatchObject([
      { code: 'claims-rejected', evidence: { claim: 'aud', beforeSignature: true } },
    ]);
    expect(messageOf(report)).not.toContain('verifies the signature');
  });
});

describe('the clock', () => {
  const hours = (n: number): number => n * 3_600_000;
  const texts =
    (expired: string, early: string, hasWords = true): Answer =>
    ({ complaint }, response) => {
      if (complaint === null) return ok(response);
      const words = /expired/.test(complaint) ? expired : /future|active/.test(complaint) ? early : null;
      response.writeHead(words === null ? 401 : 403, { 'content-type': 'text/plain' });
      response.end(hasWords ? (words ?? 'A token must be passed.') : '');
    };

  it.each(
    some(
      [
        ['The token has expired.', 'The token does not have a valid "issued at" time.'],
        ['Signature has expired', 'The token is not yet valid (iat)'],
        ['token is expired by 1h59m', 'Token used before issued'],
        ['TokenExpiredError: jwt expired', 'NotBeforeError: jwt not active'],
      ],
      2,
    ),
  )('that sends no Date is off by its words: %s', async (expired, early) => {
    const ahead = await asked(texts(expired, early), { clockMs: hours(2), hasDate: false });
    expect(ahead.report.findings).toMatchObject([{ code: 'clock-skew', evidence: { side: 'ahead of' } }]);
    const behind = await asked(texts(expired, early), { clockMs: -hours(2), hasDate: false });
    expect(behind.report.findings).toMatchObject([{ code: 'clock-skew', evidence: { side: 'behind' } }]);
  });

  it('behind a proxy that sends a Date of its own is off by its words and by what it says of an expired token', async () => {
    const { report } = await asked(texts('jwt expired', 'jwt not active'), { clockMs: hours(2) });
    expect(report.findings).toMatchObject([{ code: 'clock-skew', evidence: { side: 'ahead of' } }]);
  });

  it.each([hours(2), -hours(2)])(
    'is not told where there are no words, and nothing else is: %i ms',
    async (clockMs) => {
      const { report } = await asked(texts('', '', false), { clockMs, hasDate: false });
      expect(codes(report)).toEqual(['rejects-valid-token']);
    },
  );
});

describe('no token arrives', () => {
  it.each(
    some(
      [
        'Authentication credentials were not provided.',
        'JWT Token not found',
        'No authorization token was found',
        'Missing Authorization Header',
      ],
      2,
    ),
  )('"%s" to every token and to none', async (words) => {
    const { report, server } = await asked((_, response) => send(response, 401, { detail: words }));
    expect(report.findings).toMatchObject([{ code: 'token-not-received', participants: ['svc'] }]);
    expect(server.requests.length).toBeLessThanOrEqual(20);
  });

  it.each([
    ['authorization', 'JWT'],
    ['authorization', 'Token'],
    ['x-access-token', ''],
  ])('names the place where it does: %s %s', async (name, prefix) => {
    const { report } = await asked((_, response, { headers }) => {
      const [given = '', token = ''] = `${headers[name] ?? ''}`.split(' ');
      const sent = prefix === '' ? given : given === prefix ? token : '';
      const { complaint } = look(sent);
      if (complaint === null) ok(response);
      else send(response, 401, { detail: sent === '' ? 'No token was provided' : complaint });
    });
    const [finding] = report.findings;
    const value = `${prefix} {{token}}`.trim();
    expect(finding).toMatchObject({ code: 'token-not-received', evidence: { headers: { [name]: value } } });
    expect(finding?.remedy).toContain(`"headers": {"${name}":"${value}"}`);
  });

  it('is not concluded from words that leave it open', async () => {
    const { report } = await asked((_, response) =>
      send(response, 401, { detail: 'Missing or invalid token' }),
    );
    expect(codes(report)).toEqual(['rejects-valid-token']);
  });

  it('is not concluded where a key is proved', async () => {
    const { report } = await asked(
      saying(() => 'No token provided'),
      { key: `${secret}\n` },
    );
    expect(codes(report)).toEqual(['trailing-newline']);
  });
});

describe('the header', () => {
  const headerOf = (token: string): Record<string, unknown> => {
    try {
      return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    } catch {
      return {};
    }
  };

  it.each([
    'unknown kid undefined',
    'No key found for key id',
    'Unable to find a signing key that matches: "None"',
  ])('is what the key is chosen by: %s', async (words) => {
    const { report } = await asked(({ token, complaint }, response) => {
      if (token === '') return send(response, 401, { message: 'no token' });
      if (headerOf(token).kid !== '2026-01') return send(response, 401, { message: words });
      complaint === null ? ok(response) : send(response, 401, { message: complaint });
    });
    expect(report.findings).toMatchObject([{ code: 'token-header-rejected', evidence: { field: 'kid' } }]);
    expect(report.findings[0]?.remedy).toContain('"token": { "header": { "kid": "…" } }');
  });
});

describe('the type in the header', () => {
  it.each<[string, string | undefined, string, unknown]>([
    ['at+jwt, and it says so', 'at+jwt', 'unexpected "typ" JWT header value', 'at+jwt'],
    ['at+jwt, and it says nothing', 'at+jwt', 'Unauthorized', 'at+jwt'],
    ['none', undefined, 'invalid typ', null],
  ])('%s: found by another one that is accepted', async (_, wanted, words, value) => {
    const { report } = await asked(({ token, complaint }, response) => {
      if (token === '') return send(response, 401, { message: 'no token' });
      if (complaint !== null) return send(response, 401, { message: complaint });
      const { typ } = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
      typ === wanted ? ok(response) : send(response, 401, { message: words });
    });
    expect(report.findings).toMatchObject([
      { code: 'token-header-rejected', evidence: { field: 'typ', value } },
    ]);
    expect(report.findings[0]?.remedy).toContain(`"header": { "typ": ${JSON.stringify(value)} }`);
  });

  it('and the id of the key are sent as configured', async () => {
    const { report } = await asked(
      ({ token, complaint }, response) => {
        if (token === '') return send(response, 401, { message: 'no token' });
        const header = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
        if (header.kid !== '2026-01') return send(response, 401, { message: 'unknown kid' });
        complaint === null ? ok(response) : send(response, 401, { message: complaint });
      },
      {
        config: {
          token: { issuer: 'netra-auth-service', audience: 'netra-platform', header: { kid: '2026-01' } },
        },
      },
    );
    expect(report).toMatchObject({ verdict: 'consistent', findings: [] });
  });
});

describe('a key that is shorter than its hash', () => {
  const held = 'short-secret-of-24-bytes';

  it.each([
    [
      'as its library says',
      'WeakKeyException: the verification key is 192 bits which is not secure enough',
      true,
    ],
    ['probably, where nothing is said', 'Unauthorized', false],
  ])('is why every token is rejected: %s', async (_, words, saidSo) => {
    const { report } = await asked(
      ({ token }, response) => send(response, 401, { error: token === '' ? 'no token' : words }),
      { held, ...(saidSo ? {} : { shows: held }) },
    );
    const finding = report.findings.find((f) => f.participants.includes('svc'));
    expect(finding).toMatchObject({
      code: 'weak-secret',
      severity: 'error',
      evidence: { bytes: 24, saidSo },
    });
    expect(finding?.message).toContain(saidSo ? 'says that the key is too short' : 'probably');
    expect(codes(report)).not.toContain('rejects-valid-token');
  });

  it('is not the reason where a signature was computed', async () => {
    const { report } = await asked(saying(String), {
      held,
      key: 'another key, of nobody at all, 44 bytes long',
    });
    const own = report.findings.filter((f) => f.participants.includes('svc'));
    expect(own.map((f) => f.code)).toEqual(['rejects-valid-token']);
  });

  it.each([32, 64])('is not claimed of a service that holds an unrelated key of %i bytes', async (length) => {
    const { report } = await asked(
      saying(() => 'Unauthorized'),
      { held, key: 'k'.repeat(length) },
    );
    const own = report.findings.filter((f) => f.participants.includes('svc'));
    expect(own.map((f) => f.code)).toEqual(['rejects-valid-token']);
    expect(own[0]?.message).toContain(
      'The secret has 24 bytes, and HS256 needs 32: some libraries reject every token then. So does a service that holds another key.',
    );
    // That the secret is short is said of those that hold it.
    expect(report.findings.find((f) => f.code === 'weak-secret')?.participants).toEqual(['store']);
  });

  it('is not the reason where something else is proved', async () => {
    const { report } = await asked(
      saying(() => 'Unauthorized'),
      { held, key: `${held}\n` },
    );
    const own = report.findings.filter((f) => f.participants.includes('svc'));
    expect(own.map((f) => f.code)).toEqual(['trailing-newline']);
  });
});

describe("the caller's own credentials", () => {
  const challenge = { 'www-authenticate': 'Basic realm="internal"' };

  it.each<[string, object, object]>([
    ['a Basic challenge', { error: 'Unauthorized' }, challenge],
    ['words', { error: 'invalid_service_secret' }, {}],
  ])(
    'are rejected by %s, the same to every token: that says nothing about the secret',
    async (_, body, headers) => {
      const { report } = await asked((_presented, response) => send(response, 401, body, headers));
      expect(report).toMatchObject({ verdict: 'inconclusive', exitCode: 3 });
      expect(report.findings).toMatchObject([{ code: 'service-credentials-rejected', severity: 'error' }]);
    },
  );

  it('are not what is wrong where one other token is accepted', async () => {
    const { report } = await asked(
      ({ complaint }, response) =>
        complaint === null ? ok(response) : send(response, 401, { error: 'invalid_client' }, challenge),
      { key: `${secret}\n` },
    );
    expect(codes(report)).toEqual(['trailing-newline']);
  });
});

describe('habits', () => {
  const unrelated = { key: 'a key that nobody else holds, of 40 bytes' };

  it.each<[string, Answer]>(
    some(
      [
        ['the same generic words to everything', saying(() => 'Unauthorized')],
        [
          'an id and a time in every answer',
          ({ complaint }, response) => {
            if (complaint === null) return ok(response);
            const at = new Date().toISOString();
            send(response, 401, {
              error: 'invalid_token',
              requestId: crypto.randomUUID(),
              at,
              took: Math.random(),
            });
          },
        ],
        [
          'different words each time',
          saying(() => `denied: ${['a', 'b', 'c', 'd'][Math.floor(Math.random() * 4)]}`),
        ],
        [
          'words about everything',
          saying(() => 'Check signature, issuer, audience and expiry of your token'),
        ],
        ['words about a claim to everything', saying(() => 'Token has an invalid scope')],
      ],
      2,
    ),
  )('%s: no cause is made up for a key that is not known', async (_, answer) => {
    const { report } = await asked(answer, unrelated);
    expect(codes(report)).toEqual(['rejects-valid-token']);
    expect(report.findings[0]?.evidence).not.toHaveProperty('signatureVerified');
  });

  it.each<[string, Answer]>([
    ['the same generic words to everything', saying(() => 'Unauthorized')],
    [
      'an id in every answer',
      ({ complaint }, response) =>
        complaint === null ? ok(response) : send(response, 401, { error: 'no', id: crypto.randomUUID() }),
    ],
    ['words about the audience to everything', saying(() => 'Audience rejected')],
  ])('%s: the key is found all the same', async (_, answer) => {
    const { report } = await asked(answer, { key: `${secret}\n` });
    expect(codes(report)).toEqual(['trailing-newline']);
  });

  it('one that locks out in the middle: what was seen goes with time, and proves nothing', async () => {
    let invalid = 0;
    const { report } = await asked(({ complaint }, response) => {
      if (complaint !== null) invalid += 1;
      if (invalid > 8) send(response, 403, { error: 'Forbidden' });
      else if (complaint === null) ok(response);
      else send(response, 401, { error: 'invalid_token' });
    }, unrelated);
    expect(codes(report)).toEqual(['rejects-valid-token']);
    expect(report.findings[0]?.evidence).toMatchObject({ changedMeanwhile: true });
    expect(report.findings[0]?.evidence).not.toHaveProperty('ruledOut');
  });

  it('says how many variants were tried', async () => {
    const { report } = await asked(
      saying(() => 'Unauthorized'),
      unrelated,
    );
    expect(report.findings[0]?.message).toMatch(/\d+ variants were tried; all were rejected\.$/);
    expect(report.findings[0]?.remedy).toContain('It answered: me: 401 Unauthorized');
  });
});

it('answers that take their time change nothing', async () => {
  const { report } = await asked(
    ({ complaint }, response) => {
      setTimeout(() => {
        if (complaint === null) ok(response);
        else json({ error: 'invalid_token' }, 401)(response.req, response);
      }, 40);
    },
    { key: `${secret}\n` },
  );
  expect(codes(report)).toEqual(['trailing-newline']);
});
