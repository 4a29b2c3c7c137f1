import { describe, expect, it } from 'vitest';
import { audience, checked, secret, type Verifying } from './verifier.js';

const decoded = Buffer.from(secret, 'base64');
const minutes = (n: number): number => n * 60_000;

/** What is wrong with a service, what is concluded, and how many requests it takes beside the first round's three. */
const scenarios: [what: string, how: Verifying, code: string, evidence: object, extra: number][] = [
  ['HS512 only', { options: { algorithms: ['HS512'] } }, 'algorithm-mismatch', { accepts: 'HS512' }, 11],
  ['HS384 only', { options: { algorithms: ['HS384'] } }, 'algorithm-mismatch', { accepts: 'HS384' }, 11],
  ['the key decoded', { key: decoded }, 'key-encoding-mismatch', { encoding: 'base64' }, 11],
  [
    'an issuer with a slash',
    { options: { issuer: 'https://auth.example.com/' } },
    'claims-rejected',
    { claim: 'iss', acceptedWith: 'iss with a slash at its end' },
    11,
  ],
  [
    'an issuer with a slash, and it says so',
    { options: { issuer: 'https://auth.example.com/' }, tells: true },
    'claims-rejected',
    { claim: 'iss', acceptedWith: 'iss with a slash at its end' },
    12,
  ],
  [
    'another issuer, and it says so',
    { options: { issuer: 'https://other.example.com' }, tells: true },
    'claims-rejected',
    { claim: 'iss', answers: ['me: 401 Unauthorized: invalid_token, unexpected "iss" claim value'] },
    16,
  ],
  [
    'another audience, and 403 only for what is signed well',
    {
      options: { audience: 'other' },
      status: (wrong) => (/signature|compact|not a/i.test(wrong) ? 401 : 403),
    },
    'claims-rejected',
    { claim: null, toForged: '401 Unauthorized: invalid_token' },
    16,
  ],
  [
    'an audience with a slash',
    { options: { audience: `${audience}/` } },
    'claims-rejected',
    { claim: 'aud', acceptedWith: 'aud with a slash at its end' },
    15,
  ],
  [
    'no issuer at all',
    { anyIssuer: true, claims: ({ iss }) => iss === undefined },
    'claims-rejected',
    { claim: 'iss', acceptedWith: 'iss left out' },
    15,
  ],
  [
    'a claim too many',
    { claims: ({ email }) => email === undefined },
    'claims-rejected',
    { claim: 'email', acceptedWith: 'email left out' },
    23,
  ],
  [
    'a life that is too short',
    {
      claims: ({ exp = 0, iat = 0 }) =>
        exp - iat >= 240 && iat > Date.now() / 1000 - 5 && iat < Date.now() / 1000 + 5,
    },
    'claims-rejected',
    { claim: 'exp', acceptedWith: 'a life of 5 minutes' },
    23,
  ],
  [
    'two minutes behind, strict',
    { clockMs: -minutes(2), options: { maxTokenAge: '10m' } },
    'clock-skew',
    { side: 'behind', seconds: 120 },
    11,
  ],
  [
    'two minutes behind, no Date',
    { clockMs: -minutes(2), dateMs: null, options: { maxTokenAge: '10m' } },
    'clock-skew',
    { side: 'behind', atLeastSeconds: 60, atMostSeconds: 240 },
    21,
  ],
  ['two minutes ahead', { clockMs: minutes(2) }, 'clock-skew', { side: 'ahead of', seconds: 120 }, 11],
  [
    'two minutes ahead, no Date',
    { clockMs: minutes(2), dateMs: null },
    'clock-skew',
    { side: 'ahead of', atLeastSeconds: 65 },
    23,
  ],
  ['an hour ahead', { clockMs: minutes(60) }, 'clock-skew', { side: 'ahead of', seconds: 3600 }, 11],
  [
    'an hour behind, strict',
    { clockMs: -minutes(60), options: { maxTokenAge: '10m' } },
    'clock-skew',
    { side: 'behind', seconds: 3600 },
    11,
  ],
  ['an hour ahead, no Date', { clockMs: minutes(60), dateMs: null }, 'rejects-valid-token', {}, 21],
  ['a random key', { key: 'something else altogether, unrelated' }, 'rejects-valid-token', {}, 21],
];

describe('the cause of a refusal is found by asking again', () => {
  it.each(scenarios)('%s', async (_, how, code, evidence, most) => {
    const { report, requests } = await checked(how);
    expect(report.findings).toMatchObject([{ code, participants: ['api'], evidence }]);
    expect(requests - 3).toBe(most);
  });
});
