import { describe, expect, it } from 'vitest';
import { candidateCodes } from '../../src/finding-codes.js';
import { judge } from '../../src/judge/judge.js';
import { rules } from '../../src/judge/rules/index.js';
import type {
  Attempt,
  CandidateFingerprint,
  Finding,
  FollowUpResult,
  Observation,
  Observations,
  ReadError,
  Role,
} from '../../src/model.js';
import { dnsLabel } from '../../src/schema/shell-quote.js';
import { form, httpProbe, observed, R, reading, S, seen, T, tried } from '../support/observations.js';
import { some } from '../support/random.js';

/** A token that expired a year ago, accepted: no clock explains it. */
const acceptedAYearLater: FollowUpResult = {
  participant: 'suspect',
  probe: 'http',
  changed: { what: 'nothing', token: 'expired', yearAgo: true },
  text: 'expired',
  form: null,
  result: 'accepted',
  status: 200,
  closeCode: null,
  detail: '200 OK',
};

/** How a participant of each kind is seen. */
const kinds: readonly Partial<Observation>[] = [
  { source: 'google-secret-manager', target: 'projects/p/secrets/other-secret' },
  { source: 'http', target: 'https://x.example/internal/jwt-fingerprint' },
  { source: 'env', target: 'TEST_SECRET, JWT_SECRET' },
  { source: 'file', target: './local.env' },
  { source: 'command', target: 'vault kv get jwt' },
  { source: 'pinned', target: null },
  { source: 'token', target: null },
  { source: null, target: null },
];
const roles: readonly Role[] = ['issuer', 'verifier', 'other'];

/** What holds the right secret, of every kind; `null`: nothing does by definition. */
const references: readonly (Partial<Observation> | null)[] = [
  { source: 'google-secret-manager', target: 'projects/netra-staging/secrets/jwt-secret' },
  { source: 'env', target: 'RIGHT_SECRET' },
  { source: 'file', target: './right.key' },
  { source: 'command', target: 'op read jwt' },
  { source: 'http', target: 'https://auth.example/internal/jwt-fingerprint' },
  { source: 'pinned', target: null },
  null,
];

const factsOf: Record<string, CandidateFingerprint['facts']> = {
  'wrong-environment': { environment: 'production', reference: 'sm' },
  'sibling-secret': { participant: 'third', name: 'SESSION_SECRET', inChain: false, taken: null },
  'stale-secret-version': { version: '6', current: '7', createdAt: null, staleSince: null },
  'ahead-of-reference': { version: '8', current: '7', createdAt: null },
};

const errors: readonly ReadError[] = (
  [
    'dns',
    'connection',
    'http-status',
    'redirect',
    'invalid-response',
    'unset',
    'not-found',
    'no-proof',
  ] as const
).map((code) => ({ code, message: `it failed (${code})` }));

interface World {
  readonly what: string;
  readonly observations: Observations;
}

/** Everything that one suspect of a kind may do beside a reference of a kind. */
function* worlds(
  kind: Partial<Observation>,
  role: Role,
  reference: Partial<Observation> | null,
): Generator<World> {
  const right =
    reference === null
      ? []
      : [
          seen('sm', R, {
            role: 'reference',
            reading: reading(R, { version: '7', keyBytes: 48 }),
            ...reference,
          }),
        ];
  const what = `${kind.source} (${role}) beside ${reference?.source ?? 'no reference'}`;
  const third = seen('third', R);
  const suspect = (fingerprint: string | null, more: Partial<Observation> = {}) =>
    seen('suspect', fingerprint, { role, probes: [httpProbe], ...kind, ...more });
  const world = (name: string, participants: Observation[], more: Partial<Observations> = {}): World => ({
    what: `${name}: ${what}`,
    observations: observed([...right, ...participants], {
      reference: reference === null ? null : 'sm',
      ...more,
    }),
  });
  for (const code of candidateCodes) {
    for (const undone of [false, true]) {
      const known = { undone, facts: factsOf[code] ?? {} };
      const of = undone ? 'suspect' : reference === null ? 'third' : 'sm';
      for (const wrong of [S, R]) {
        const candidates = [
          form(code, wrong, { of: wrong === R && !undone ? null : of, ...known }),
          form(code, S, known),
        ];
        yield world(`${code} ${undone} ${wrong}`, [suspect(S), third, seen('fourth', R)], { candidates });
      }
    }
    yield world(`${code} that all hold`, [suspect(R), third], { candidates: [form(code, R)] });
  }
  yield world('unexplained', [suspect(S), third, seen('fourth', R)]);
  yield world('all but the reference', [suspect(S), seen('third', S), seen('fourth', S)]);
  yield world('divided', [suspect(S), third, seen('fourth', T)]);
  yield world('weak', [suspect(R, { reading: reading(R, { keyBytes: 8 }) }), third]);
  yield world(
    'local fallback',
    [suspect(S, { reading: reading(S, { provenance: 'fallback', keyBytes: 8 }) }), third],
    {
      candidates: [form('published-default', S), form('hardcoded-fallback', S)],
    },
  );
  yield world('two replicas', [
    suspect(R, {
      reading: reading(R, {
        instances: [R, S].map((fingerprint, i) => ({ instance: `i${i}`, fingerprint, samples: 1 })),
      }),
    }),
    third,
  ]);
  yield world('shared', [suspect(R), third], {
    crossChecks: [{ environment: 'production', reference: 'sm', fingerprints: [R], error: null }],
  });
  for (const error of errors) {
    yield world(`unread ${error.code}`, [suspect(null, { error }), third]);
    if (reference !== null) {
      const unread = { role: 'reference' as const, ...reference, reading: null, error };
      const candidates = [form('published-default', S), form('non-value', S)];
      const observations = observed([seen('sm', null, unread), suspect(S), seen('third', S)], {
        reference: 'sm',
        candidates,
      });
      yield { what: `reference unread ${error.code}: ${what}`, observations };
    }
  }
  const probed = [
    suspect(kind.source === null ? null : R, kind.source === null ? { error: null } : {}),
    third,
  ];
  const attempt = (more: Partial<Attempt>) =>
    tried('suspect', { minter: reference === null ? 'third' : 'sm', ...more });
  yield world('rejects', probed, { attempts: [attempt({ result: 'rejected', status: 401, detail: '401' })] });
  for (const token of ['forged', 'missing', 'expired', 'unsigned', 'tampered'] as const)
    yield world(`accepts ${token}`, probed, {
      attempts: [
        attempt({ clockOffsetMs: 0 }),
        tried('suspect', { token, minter: null, result: 'accepted', status: 200 }),
      ],
      followUps: token === 'expired' ? [acceptedAYearLater] : [],
    });
  for (const [backdated, fingerprint] of [
    [false, R],
    [true, null],
  ] as const)
    yield world(`accepts a retired key, backdated: ${backdated}`, probed, {
      attempts: [
        attempt({}),
        tried('suspect', { token: 'forged', minter: null }),
        tried('suspect', { token: 'retired', result: 'accepted', status: 200, version: '6', backdated }),
      ],
      retiredKey: { version: '6', fingerprint, replacedAt: null, error: null },
    });
  for (const version of ['5', null])
    yield world(`has no retired key: ${version}`, probed, {
      attempts: [attempt({})],
      retiredKey: {
        version,
        fingerprint: null,
        replacedAt: null,
        error: { code: 'version-disabled', message: 'version 6 is disabled' },
      },
    });
  for (const status of [302, 400, 404, 405, 422, 429, 500, 503])
    yield world(`answers ${status}`, probed, {
      attempts: [attempt({ result: 'inconclusive', status, detail: `${status}` })],
    });
  for (const reason of ['dns', 'connection', 'tls', 'timeout'] as const)
    yield world(`fails ${reason}`, probed, {
      attempts: [attempt({ result: 'inconclusive', status: null, reason, detail: reason })],
    });
}

const commandsOf = (remedy: string): string[] =>
  remedy.split('\n').flatMap((line) => (line.startsWith('  ') ? [line.slice(2)] : []));

const isService = ({ source }: Observation): boolean => source === null || source === 'http';

/** What is impossible or harmful about a remedy; nothing where it is fine. */
function faultsOf(
  { remedy, participants, evidence, code }: Finding,
  { reference, participants: all }: Observations,
) {
  const faults: string[] = [];
  const named = all.filter((p) => participants.includes(p.name));
  const right = all.find((p) => p.name === reference);
  const labels = new Set(named.filter(isService).map((p) => dnsLabel(p.name)));
  for (const command of commandsOf(remedy)) {
    const restarted = /^kubectl rollout restart deployment\/(\S+)|^gcloud run services update (\S+)/.exec(
      command,
    );
    if (restarted !== null && !labels.has(restarted[1] ?? restarted[2] ?? ''))
      faults.push(`no service: ${command}`);
    const variable = /^export (\w+)=/.exec(command)?.[1];
    const isVariable = named.some((p) => p.source === 'env' && p.target?.split(', ')[0] === variable);
    if (variable !== undefined && !isVariable) faults.push(`nobody's variable: ${command}`);
    const path = /(?:>> |--out-file=)(\S+)$/.exec(command)?.[1];
    if (path !== undefined && !named.some((p) => p.source === 'file' && p.target === path))
      faults.push(`nobody's file: ${command}`);
    if (command.includes('gcloud secrets versions access') && right?.source !== 'google-secret-manager')
      faults.push(`no Secret Manager to read: ${command}`);
    if (!command.includes('gcloud secrets versions add')) continue;
    const blamed =
      participants.includes(reference ?? '') ||
      evidence.distorted === reference ||
      evidence.blames === 'reference' ||
      code === 'shared-across-environments';
    if (right?.reading == null || right.source !== 'google-secret-manager' || !blamed)
      faults.push(`writes the shared secret: ${command}`);
  }
  for (const one of all.filter((p) => !isService(p)))
    for (const [, restarted = ''] of remedy.matchAll(/\b(?:restart|redeploy)\b([^.:;\n]*)/gi))
      if (new RegExp(`\\b${one.name}\\b`).test(restarted))
        faults.push(`cannot be restarted: restart${restarted}`);
  for (const one of named.filter((p) => p.source === 'pinned' && p.name !== reference))
    if (new RegExp(`(?:Give|Restart)[^.]*\\b${one.name}\\b`).test(remedy)) faults.push(`a pin: ${remedy}`);
  if (remedy.trim() === '') faults.push('nothing to do');
  return faults;
}

describe('every remedy of every finding is possible and harmless, whatever its participants are', () => {
  const seenCodes = new Set<string>();
  it.each(some(kinds, 3).map((kind) => [String(kind.source), kind] as const))(
    'of a participant of kind %s',
    (_, kind) => {
      const faults: string[] = [];
      for (const [index, reference] of references.entries())
        for (const role of index === 0 ? roles : [roles[index % roles.length] ?? 'other'])
          for (const { what, observations } of worlds(kind, role, reference))
            for (const finding of judge(observations, { failOn: 'critical' }).findings) {
              seenCodes.add(finding.code);
              for (const fault of faultsOf(finding, observations))
                faults.push(`${finding.code}, ${what}: ${fault}`);
            }
      expect(faults.slice(0, 20)).toEqual([]);
    },
  );

  it('was looked at for every rule that a single answer can prove', () => {
    // Those that need several tokens or a proof give their advice in words, and no command. Those of a rotation need its record.
    const inWords = new Set(['token-refused', 'agreement', 'hygiene', 'rotation']);
    const missed = rules.filter(({ code, family }) => !seenCodes.has(code) && !inWords.has(family));
    expect(missed.map(({ code }) => code)).toEqual(['proof-failed']);
  });
});

describe('an expected fingerprint that none of them has', () => {
  const expected = seen('expected', T, { role: 'reference', source: 'pinned', target: null });
  const store = seen('sm', S, {
    source: 'google-secret-manager',
    target: 'projects/p/secrets/jwt',
    reading: reading(S, { version: '7', keyBytes: 48 }),
  });
  const sibling = form('sibling-secret', S, {
    facts: { participant: 'sm', name: 'projects/p/secrets/jwt', inChain: false },
  });

  it('puts the pin in question, and restarts nothing', () => {
    const all = [
      expected,
      store,
      seen('auth', S),
      seen('api', S),
      seen('tests', S, { source: 'env', target: 'JWT' }),
    ];
    const { findings } = judge(observed(all, { reference: 'expected', candidates: [sibling] }), {
      failOn: 'critical',
    });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      code: 'fingerprint-mismatch',
      participants: ['sm', 'auth', 'api', 'tests'],
    });
    expect(findings[0]?.message).toBe(
      `All 4 others (sm, auth, api and tests) agree on ${S}; expected is pinned to ${T}.`,
    );
    expect(findings[0]?.remedy).toContain('Check the pin first');
    expect(findings[0]?.remedy).not.toMatch(/restart|gcloud|kubectl/i);
  });

  it('names the odd one where only some differ from it', () => {
    const all = [expected, store, seen('auth', T), seen('api', T)];
    const { findings } = judge(observed(all, { reference: 'expected' }), { failOn: 'critical' });
    expect(findings[0]).toMatchObject({ code: 'fingerprint-mismatch', participants: ['sm'] });
    expect(findings[0]?.remedy).toContain('sm is a store');
  });
});

describe('a published fallback of the tests', () => {
  it('is the fault of the tests alone: their variable is set, nothing is written', () => {
    const tests = seen('tests', S, {
      role: 'other',
      source: 'env',
      target: 'JWT_SECRET_STAGING, JWT_SECRET',
      reading: reading(S, { provenance: 'fallback', keyBytes: 8 }),
    });
    const unread = seen('sm', null, {
      role: 'reference',
      source: 'google-secret-manager',
      target: 'projects/p/secrets/jwt',
      error: { code: 'permission-denied', message: 'no access' },
    });
    const candidates = [form('published-default', S, { text: 'tutorials' }), form('hardcoded-fallback', S)];
    const { findings } = judge(observed([unread, tests], { reference: 'sm', candidates }), {
      failOn: 'critical',
    });
    const published = findings.find((f) => f.code === 'published-default');
    expect(published?.participants).toEqual(['tests']);
    expect(commandsOf(published?.remedy ?? '')).toEqual([
      'export JWT_SECRET_STAGING="$(gcloud secrets versions access latest --secret=jwt --project=p)"',
    ]);
  });
});

describe('a fallback in a program', () => {
  const remedyFor = (reference: Observation, ...tests: Observation[]): string => {
    const { findings } = judge(observed([reference, ...tests], { reference: 'sm' }), { failOn: 'critical' });
    return findings.find(({ code }) => code === 'hardcoded-fallback')?.remedy ?? '';
  };
  const store = seen('sm', R, {
    source: 'google-secret-manager',
    holder: { is: 'store', commands: null },
  });
  const tests = (name: string): Observation =>
    seen(name, S, {
      source: 'env',
      target: 'JWT_SECRET',
      holder: { is: 'variable', name: 'JWT_SECRET' },
      reading: reading(S, { provenance: 'fallback' }),
    });

  it('is avoided by jwtcheck exec, where exactly one program has to be run so', () => {
    const bridge = 'jwtcheck exec tests -e staging -- COMMAND';
    expect(remedyFor(store, tests('tests'))).toContain(bridge);
    expect(remedyFor(store, tests('tests'), tests('other'))).not.toContain('jwtcheck exec');
    const pin = seen('sm', R, { source: 'pinned', holder: { is: 'pin' } });
    expect(remedyFor(pin, tests('tests'))).not.toContain('jwtcheck exec');
  });
});

describe('a secret that is too short', () => {
  const weak = (keyBytes: number) =>
    judge(
      observed([
        seen('sm', R, { role: 'reference', source: 'env', target: 'S', reading: reading(R, { keyBytes }) }),
        seen('api', R),
        seen('other', null),
      ]),
      { failOn: 'critical' },
    ).findings.filter((f) => f.code === 'weak-secret');

  it.each([
    [15, 'error'],
    [16, 'warning'],
    [31, 'warning'],
  ] as const)('of %i bytes is an %s, and every holder is named', (keyBytes, severity) => {
    expect(weak(keyBytes)).toMatchObject([{ severity, participants: ['sm', 'api'] }]);
    expect(weak(keyBytes)[0]?.message).toContain(
      'The secret that sm and api hold is shorter than the 32 bytes',
    );
  });

  it('of 32 bytes is fine', () => expect(weak(32)).toEqual([]));
});
