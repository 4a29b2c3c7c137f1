import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/model.js';
import { formatNames } from '../../src/report/format-names.js';
import { reporters } from '../../src/report/index.js';
import { viewOf } from '../../src/report/view/view.js';
import { expectLinear } from '../support/growth.js';
import { runs } from '../support/random.js';
import { aFinding, anAttempt, aParticipant, aReport, groupsOf, secretManager } from '../support/reports.js';
import { plainStyle } from '../support/style.js';

/** So many participants, half of them wrong, with two attempts each. */
function large(size: number): Report {
  const others = Array.from({ length: size - 1 }, (_, index) =>
    aParticipant(`service_${index}`, index % 2 === 0 ? {} : { fingerprint: '9b1c0f2e', agrees: false }),
  );
  const participants = [secretManager, ...others];
  return aReport({
    verdict: 'inconsistent',
    participants,
    groups: groupsOf(participants, 'secret_manager'),
    attempts: others.flatMap(({ name }) => [anAttempt(name, 'genuine'), anAttempt(name, 'forged')]),
    findings: others
      .filter(({ agrees }) => agrees === false)
      .map(({ name }) => aFinding('fingerprint-mismatch', { participants: [name] })),
  });
}

/** Formats that a person reads fold what nobody would read; the others list everything. */
const folded: ReadonlySet<string> = new Set(['pretty', 'github', 'markdown', 'html']);

/** Ten thousand in a full run. */
const participants = runs(10_000, 1000);

describe('thousands of participants', () => {
  const origin = { file: 'a.json', lineOf: () => 1 };

  it.each(formatNames)(
    'are written as %s in time that grows with their number, and in a sensible size',
    (format) => {
      // A copy for each run, because a report has one view.
      const write = (report: Report) => reporters[format](viewOf({ ...report }), plainStyle, origin);
      expect(write(large(participants)).length).toBeLessThan(
        folded.has(format) ? 1_500_000 : participants * 2500,
      );
      expectLinear(runs(1500, 300), large, write);
    },
  );
});
