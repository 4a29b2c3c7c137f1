// Bundled by diagnosis.js, and run by itself each time: a check diagnoses once, with nothing warmed up.
import { createHash } from 'node:crypto';
import { findCauses } from '../src/diagnose/find-causes.ts';
import { compare } from '../src/judge/compare.ts';
import { judge } from '../src/judge/judge.ts';
import { fingerprintOfCandidate, knownCandidates } from '../src/observe/candidate.ts';
import { redact } from '../src/observe/redact.ts';
import { MintedTokens } from '../src/observe/tokens/minted-tokens.ts';
import { Secret } from '../src/secret/secret.ts';

const [count, holding] = [Number(process.argv[2]), process.argv[3] === 'held'];
const length = 8;
const random = (of) => createHash('sha512').update(of).digest('base64').slice(0, 48);
const right = random('right');
const olds = [6, 5, 4, 3, 2].map((version) => [String(version), random(`version ${version}`)]);

/** What wrong secrets are: some by a known cause, some by none. */
const wrongs = [
  (i) => `${right}${i % 2 === 0 ? '\n' : '\r\n'}`,
  () => `"${right}"\n`,
  (i) => olds[i % olds.length][1],
  () => Buffer.from(right).toString('base64'),
  (i) => `${random(`unrelated ${i}`)}\n`,
  (i) => random(`unrelated ${i}`),
];
/** Where every one holds another secret, none can be explained by the one before. */
const wrong = (i) => (holding ? random(`unrelated ${i}`) + '$#\n'[i % 4] : wrongs[i % wrongs.length](i));

const held = new Map();
const planned = [];
const participants = [];
function add(name, value, { isReference = false, isHeld = false } = {}) {
  const secret = new Secret(value);
  const fingerprint = createHash('sha256').update(value).digest('hex').slice(0, length);
  const source = isReference
    ? { kind: 'google-secret-manager', project: 'p', secret: 'jwt-secret', version: 'latest' }
    : isHeld
      ? { kind: 'env', names: ['JWT_SECRET'] }
      : { kind: 'http', url: `https://${name}.example/fingerprint` };
  const versions = async () =>
    olds.map(([version, old]) => ({ version, createdAt: null, replacedAt: null, secret: new Secret(old) }));
  if (isReference) held.set(name, { is: 'secret', secret, version: '7', provenance: null, versions });
  else if (isHeld) held.set(name, { is: 'secret', secret, version: null, provenance: 'JWT_SECRET' });
  planned.push({ name, required: true, settings: { source } });
  participants.push({
    name,
    role: isReference ? 'reference' : 'verifier',
    source: source.kind,
    target: isReference ? 'projects/p/secrets/jwt-secret' : name,
    required: true,
    impact: null,
    probes: [],
    reading: {
      fingerprint,
      accepts: [fingerprint],
      version: isReference ? '7' : null,
      provenance: null,
      instances: [{ instance: null, fingerprint, samples: 1 }],
      keyBytes: 48,
    },
    error: null,
    latencyMs: 1,
  });
}
add('secret_manager', right, { isReference: true, isHeld: true });
for (let i = 0; i < count; i++) add(`service-${i}`, wrong(i), { isHeld: holding || i === count - 1 });

const plan = {
  environment: 'staging',
  reference: 'secret_manager',
  participants: planned,
  fallbacks: [{ label: 'knownFallbacks[0]', secret: new Secret('staging-jwt-secret-key') }],
  crossReferences: [],
  controls: [],
  token: { algorithm: 'HS256', ttl: 60_000, claims: {}, types: { access: {} }, header: {} },
  currency: 'USD',
  concurrency: 16,
  followUp: { enabled: true, maxAttempts: 24 },
};
const world = {
  env: {},
  now: () => new Date(),
  folder: '.',
  signal: new AbortController().signal,
  timeoutMs: 1000,
  fingerprintLength: length,
  label: (text) => text,
};
const observations = {
  environment: 'staging',
  startedAt: new Date(),
  durationMs: 0,
  reference: 'secret_manager',
  algorithm: 'HS256',
  currency: 'USD',
  participants,
  attempts: [],
  candidates: (await knownCandidates(plan.fallbacks)).map((known) => fingerprintOfCandidate(known, length)),
  followUps: [],
  mintedTokens: [],
  crossChecks: [],
};

const spent = process.cpuUsage();
const started = performance.now();
const before = process.resourceUsage().maxRSS;
const comparison = compare(observations);
const minting = { endpoints: new Map(), tokens: new MintedTokens(plan.token, world) };
const examined = { observations, held, minting, references: [] };
const { observations: all, secrets } = await findCauses(examined, comparison, plan, world, () => {});
const everySecret = [...[...held.values()].map((h) => h.secret), ...secrets];
const report = judge(redact(all, { secrets: everySecret, expanded: [], fallbacks: [] }), {
  failOn: 'critical',
});
const ms = performance.now() - started;
const { user, system } = process.cpuUsage(spent);
const explained = report.findings.filter((f) => f.code !== 'fingerprint-mismatch').map((f) => f.code);
const rss = process.resourceUsage().maxRSS;
console.log(
  JSON.stringify({
    ms,
    cpuMs: (user + system) / 1000,
    rss,
    before,
    forms: all.candidates.length,
    findings: report.findings.length,
    explained,
  }),
);
