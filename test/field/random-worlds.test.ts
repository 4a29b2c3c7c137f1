import fc from 'fast-check';
import { expect, it } from 'vitest';
import { check, type Finding, type Report } from '../../src/index.js';
import { runs } from '../support/random.js';
import {
  acceptsForged,
  configOf,
  isFaulty,
  isSilentlyLocked,
  rejectsValid,
  startWorld,
  type World,
  worlds,
} from './random-world.js';

async function reportOf(world: World): Promise<Report> {
  const server = await startWorld(world);
  try {
    return await check({
      config: configOf(world, server.origin),
      env: { THE_SECRET: world.secret },
      controls: 'all',
    });
  } finally {
    await server.close();
  }
}

/** Codes that say only what was seen, whatever the cause. */
const aboutTelling = new Set(['probe-inconclusive', 'participant-unreachable', 'fingerprint-unusable']);

/** Why a finding is not true in this world; `null` where it is. */
function untruth(finding: Finding, world: World): string | null {
  const { code, evidence } = finding;
  const is = (holds: boolean, why: string): string | null => (holds ? null : why);
  if (aboutTelling.has(code)) return null;
  if (finding.participants.includes('store')) return 'the store is in order';
  switch (code) {
    case 'trailing-newline':
      return is(world.key === 'newline', 'there is no newline');
    case 'quotes-kept':
      return is(world.key === 'quotes', 'there are no quotes');
    case 'hardcoded-fallback':
      return is(world.key === 'fallback', 'no fallback is in use');
    case 'published-default':
      return is(world.key === 'fallback', 'the key is not published');
    case 'fingerprint-mismatch':
      return is(world.key !== 'none' && world.shows === 'used', 'it shows the right fingerprint, or none');
    case 'fingerprint-not-in-use':
      return is(world.key !== 'none' && world.shows === 'right', 'the fingerprint is that of the key in use');
    case 'algorithm-mismatch':
      return is(world.fault === 'algorithm', 'the algorithm is right');
    case 'claims-rejected': {
      const claim = { issuer: 'iss', audience: 'aud', user: 'user_id' }[String(world.fault)];
      if (claim === undefined) return 'no claim is wrong';
      const named = evidence.claim ?? null;
      return is(named === null || named === claim, `the claim is ${claim}`);
    }
    case 'clock-skew':
      return is(
        (world.fault === 'clock-ahead' && !/behind/.test(finding.message)) ||
          (world.fault === 'clock-behind' && !/ahead/.test(finding.message)),
        'the clock is right, or is off in the other direction',
      );
    case 'token-not-received':
      return is(world.fault === 'no-token-arrives', 'the token arrives');
    case 'token-header-rejected':
      return is(world.fault === 'kid', 'the header is right');
    case 'service-credentials-rejected':
      return is(world.fault === 'caller', 'the caller is known');
    case 'accepts-forged-token':
    case 'accepts-unsigned-token':
    case 'accepts-tampered-token':
    case 'accepts-expired-token':
      return is(acceptsForged(world), 'tokens are verified');
    case 'accepts-missing-token':
      return is(world.fault === 'ignores-tokens', 'a token is needed');
    case 'rejects-valid-token':
      if (world.lockOut?.after === 0 && !isSilentlyLocked(world)) return 'all that is known is a lock-out';
      return is(rejectsValid(world) || isSilentlyLocked(world), 'it accepts valid tokens');
    default:
      return 'nothing in this world has to do with it';
  }
}

/** What a report says that is not so. */
function untruths(report: Report, world: World): string[] {
  const found = report.findings.flatMap((finding) => {
    const why = untruth(finding, world);
    return why === null ? [] : [`${finding.code}: ${finding.message} But ${why}.`];
  });
  if (!isFaulty(world)) {
    if (report.exitCode === 1) found.push(`exit code 1 (${report.level}), but everything is in order`);
    if (report.level === 'CRITICAL' || report.level === 'EMERGENCY')
      found.push(`level ${report.level}, but everything is in order`);
  } else if (report.verdict === 'consistent') found.push('consistent, but it is not');
  return found;
}

it('no check of any world says what is not so', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const report = await reportOf(world);
      expect(untruths(report, world)).toEqual([]);
    }),
    { numRuns: runs(100, 8), endOnFailure: false },
  );
});
