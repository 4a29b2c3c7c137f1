import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Finding, Report } from '../../src/index.js';
import { json } from '../support/http-server.js';
import { runs } from '../support/random.js';
import { fingerprint } from '../support/service.js';
import { checked, look, plainAnswer, secret, startHttpService } from './any-service.js';
import { type Made, mint, shown, startIssuer } from './issuer.js';

const fallback = 'staging-jwt-secret-key';
const keys = {
  right: secret,
  newline: `${secret}\n`,
  fallback,
  unknown: 'a key that nobody here has ever seen, long enough',
} as const;
const claims = { right: undefined, other: 'https://elsewhere.example', absent: null } as const;
const minute = 60_000;

/** One replica of an issuer. */
interface Replica {
  readonly key: keyof typeof keys;
  readonly alg: string;
  readonly clock: 'right' | 'ahead' | 'behind';
  readonly iss: keyof typeof claims;
  readonly aud: keyof typeof claims;
  readonly header: Readonly<Record<string, string>>;
}

interface World {
  /** Behind a load balancer that asks each in turn. */
  readonly replicas: readonly Replica[];
  readonly shows: 'right' | 'none';
  readonly mints: number;
  /** Verifiers in order, which may look at neither issuer nor audience, and may take other algorithms. */
  readonly verifiers: readonly {
    readonly isLenient: boolean;
    readonly shows: boolean;
    readonly samples: number;
  }[];
}

const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(usual, ...others) },
  );

const replica: fc.Arbitrary<Replica> = fc.record({
  key: mostly<Replica['key']>('right', 'newline', 'fallback', 'unknown'),
  alg: mostly('HS256', 'HS384', 'HS512'),
  clock: mostly<Replica['clock']>('right', 'ahead', 'behind'),
  iss: mostly<Replica['iss']>('right', 'other', 'absent'),
  aud: mostly<Replica['aud']>('right', 'other', 'absent'),
  header: mostly<Replica['header']>({}, { kid: '2026-01' }, { typ: 'at+jwt' }),
});

const worlds: fc.Arbitrary<World> = fc.record({
  replicas: fc.oneof(
    { weight: 2, arbitrary: fc.array(replica, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(replica, { minLength: 2, maxLength: 3 }) },
  ),
  shows: fc.constantFrom('none', 'right'),
  mints: fc.integer({ min: 1, max: 4 }),
  verifiers: fc.array(
    fc.record({ isLenient: fc.boolean(), shows: fc.boolean(), samples: fc.integer({ min: 1, max: 3 }) }),
    { minLength: 1, maxLength: 2 },
  ),
});

const madeBy = ({ key, alg, clock, iss, aud, header }: Replica): Made => ({
  key: keys[key],
  alg,
  header,
  clockMs: clock === 'right' ? 0 : clock === 'ahead' ? 10 * minute : -10 * minute,
  claims: {
    ...(iss === 'right' ? {} : { iss: claims[iss] ?? undefined }),
    ...(aud === 'right' ? {} : { aud: claims[aud] ?? undefined }),
  },
});

async function reportOf(world: World): Promise<Report> {
  const issuing = await startIssuer(world.replicas.map(madeBy));
  const verifying = await Promise.all(
    world.verifiers.map(({ isLenient }) =>
      startHttpService(({ token }, request, response) => {
        if (request.url?.startsWith('/fingerprint'))
          return json({ fingerprint: fingerprint(secret) })(request, response);
        const lenient = { issuer: null, audience: null, algorithms: ['HS256', 'HS384', 'HS512'] };
        plainAnswer(look(token, isLenient ? lenient : {}), request, response);
      }),
    ),
  );
  try {
    const verifiers = world.verifiers.map(({ shows, samples }, index) => {
      const { origin } = verifying[index] ?? issuing;
      const source = { kind: 'http', url: `${origin}/fingerprint` } as const;
      const probe = { kind: 'http', name: 'me', url: `${origin}/me`, samples } as const;
      return [`api${index}`, { ...(shows ? { source } : {}), probes: [probe] }] as const;
    });
    const source = world.shows === 'right' ? { source: shown(issuing) } : {};
    const auth = { role: 'issuer', ...source, mint: { ...mint(issuing), samples: world.mints } } as const;
    return await checked({ ...Object.fromEntries(verifiers), auth }, {}, { knownFallbacks: [fallback] });
  } finally {
    await Promise.all([issuing, ...verifying].map((server) => server.close()));
  }
}

/** Why a finding about the issuer is not true; `null` where it is. */
function untruth({ code }: Finding, { replicas, shows }: World): string | null {
  const some = (holds: (one: Replica) => boolean, why: string) => (replicas.some(holds) ? null : why);
  switch (code) {
    case 'trailing-newline':
      return some(({ key }) => key === 'newline', 'no key has a newline');
    case 'hardcoded-fallback':
    case 'published-default':
      return some(({ key }) => key === 'fallback', 'no fallback signs');
    case 'fingerprint-mismatch':
    case 'rejects-valid-token':
      return some(({ key }) => key !== 'right', 'every key is right');
    case 'fingerprint-not-in-use':
      return shows === 'right' ? some(({ key }) => key !== 'right', 'every key is right') : 'it shows none';
    case 'replicas-disagree':
      return new Set(replicas.map(({ key }) => key)).size > 1 ? null : 'all replicas have one key';
    case 'algorithm-mismatch':
      return some(({ alg }) => alg !== 'HS256', 'the algorithm is right');
    case 'clock-skew':
      return some(({ clock }) => clock !== 'right', 'the clock is right');
    case 'claims-rejected':
      return some(({ iss, aud }) => iss !== 'right' || aud !== 'right', 'the claims are right');
    case 'fingerprint-unusable':
    case 'probe-inconclusive':
      return some(({ clock }) => clock !== 'right', 'its tokens are fine');
    default:
      return 'nothing in this world has to do with it';
  }
}

const isSound = ({ key, alg, clock, iss, aud }: Replica): boolean =>
  key === 'right' && alg === 'HS256' && clock === 'right' && iss === 'right' && aud === 'right';

function untruths(report: Report, world: World): string[] {
  const found = report.findings.flatMap((finding) => {
    const why = finding.participants.some((name) => name !== 'auth')
      ? 'everything but the issuer is in order'
      : untruth(finding, world);
    return why === null ? [] : [`${finding.code}: ${finding.message} But ${why}.`];
  });
  if (world.replicas.every(isSound) && report.verdict !== 'consistent')
    found.push(`${report.verdict}, but everything is in order`);
  const [only, ...others] = world.replicas;
  if (only === undefined || others.length > 0) return found;
  if (only.key !== 'right') {
    if (report.verdict === 'consistent') found.push('consistent, but another key signs');
    const called = report.attempts.filter((a) => a.minter === 'auth' && a.expected === 'accepted');
    if (called.some((a) => a.result !== 'inconclusive')) found.push('a token of another key is called valid');
  }
  return found;
}

it('no issuer of any kind makes a check blame a verifier that is in order', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      expect(untruths(await reportOf(world), world)).toEqual([]);
    }),
    { numRuns: Number(process.env.JWTCHECK_WORLDS ?? runs(100, 6)), endOnFailure: false },
  );
});
