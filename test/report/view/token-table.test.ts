import { describe, expect, it } from 'vitest';
import type { ReportAttempt } from '../../../src/model.js';
import { foldAlike, foldControls, foldSigners } from '../../../src/report/view/fold.js';
import { participantStatuses } from '../../../src/report/view/participant-status.js';
import { type TokenTable, tokenTable } from '../../../src/report/view/token-table.js';
import { anAttempt, aParticipant, aReport, authService, secretManager } from '../../support/reports.js';

function tableOf(attempts: readonly ReportAttempt[]): TokenTable {
  const participants = [
    secretManager,
    authService,
    aParticipant('stale', { fingerprint: '9b1c0f2e', agrees: false }),
    aParticipant('unknown', { agrees: null }),
    aParticipant('minter', { source: null, fingerprint: null, agrees: null }),
  ];
  const report = aReport({ participants, attempts });
  return tokenTable(report, participantStatuses(report));
}

function only(attempts: readonly ReportAttempt[]): string {
  const { rows } = tableOf(attempts);
  return rows
    .map((row) => [row.status, ...[...row.cells.values()].map((cell) => cell.word)].join(' '))
    .join();
}

const genuine = (changes: Partial<ReportAttempt>) => anAttempt('auth_service', 'genuine', changes);
const forged = (changes: Partial<ReportAttempt>) => anAttempt('auth_service', 'forged', changes);

describe('tokenTable', () => {
  it.each<[string, string, ReportAttempt[]]>([
    ['a good token that is accepted', 'ok accepted', [genuine({})]],
    ['a good token that is refused', 'bad REJECTED', [genuine({ result: 'rejected' })]],
    ['a good token that got no answer', 'unknown inconclusive', [genuine({ result: 'inconclusive' })]],
    [
      'a good token that is refused now and then',
      'bad 1/2 REJECTED',
      [genuine({}), genuine({ result: 'rejected' })],
    ],
    [
      'a good token that got no answer now and then',
      'unknown inconclusive',
      [genuine({}), genuine({ result: 'inconclusive' })],
    ],
    [
      "a wrong secret's token that is refused",
      'ok rejected',
      [genuine({ minter: 'stale', result: 'rejected' })],
    ],
    ["a wrong secret's token that is accepted", 'ok accepted', [genuine({ minter: 'stale' })]],
    [
      "an unknown secret's token that is refused",
      'unknown REJECTED',
      [genuine({ minter: 'unknown', result: 'rejected' })],
    ],
    [
      'a minting service whose token is refused',
      'bad REJECTED',
      [genuine({ minter: 'minter', result: 'rejected' })],
    ],
    ['a control that is refused', 'ok rejected', [forged({})]],
    ['a control that is accepted', 'bad ACCEPTED', [forged({ result: 'accepted' })]],
    [
      'a control that is accepted now and then',
      'bad 1/2 ACCEPTED',
      [forged({}), forged({ result: 'accepted' })],
    ],
    ['a control without an answer', 'unknown inconclusive', [forged({ result: 'inconclusive' })]],
    [
      'a control without an answer where the good token was accepted',
      'ok accepted inconclusive',
      [genuine({}), forged({ result: 'inconclusive' })],
    ],
  ])('%s: %s', (_, expected, attempts) => {
    expect(only(attempts)).toBe(expected);
  });

  it('has the reference first, then those who agree, then the others, then the controls', () => {
    const { columns } = tableOf([
      forged({}),
      genuine({ minter: 'stale' }),
      genuine({ minter: 'auth_service' }),
      genuine({ minter: 'secret_manager' }),
    ]);
    expect(columns.map((column) => column.name)).toEqual([
      'secret_manager',
      'auth_service',
      'stale',
      'forged',
    ]);
  });
});

describe('foldSigners', () => {
  it('keeps those with trouble and puts the others together', () => {
    const minters = ['a', 'b', 'c', 'd', 'e'];
    const folded = foldSigners(
      tableOf(minters.map((minter) => genuine({ minter, result: minter === 'd' ? 'rejected' : 'accepted' }))),
    );
    expect(folded.columns.map((column) => column.name)).toEqual(['a', 'd', '3 others']);
    expect(folded.rows[0]?.cells.get('genuine, others')?.word).toBe('accepted');
  });

  it('leaves three as they are', () => {
    const table = tableOf(['a', 'b', 'c'].map((minter) => genuine({ minter })));
    expect(foldSigners(table)).toBe(table);
  });
});

describe('foldControls', () => {
  const folded = (results: readonly ReportAttempt['result'][]) => {
    const kinds = ['forged', 'missing', 'expired', 'unsigned', 'tampered'] as const;
    const attempts = results.map((result, index) =>
      anAttempt('auth_service', kinds[index] ?? 'forged', { result }),
    );
    const { columns, rows } = foldControls(tableOf([genuine({}), ...attempts]));
    return [columns.at(-1)?.name, rows[0]?.cells.get('controls')?.word];
  };

  it.each<[string, string, ReportAttempt['result'][]]>([
    ['3 kinds', 'all rejected', ['rejected', 'rejected', 'rejected']],
    ['3 kinds', 'ACCEPTED: missing', ['rejected', 'accepted', 'inconclusive']],
    ['3 kinds', '3 of 3 ACCEPTED', ['accepted', 'accepted', 'accepted']],
    ['3 kinds', 'inconclusive: forged, expired', ['inconclusive', 'rejected', 'inconclusive']],
  ])('%s: %s', (name, word, results) => {
    expect(folded(results)).toEqual([name, word]);
  });

  it('leaves two as they are', () => {
    expect(folded(['rejected', 'rejected'])).toEqual(['missing', undefined]);
  });
});

describe('foldAlike', () => {
  it('puts signers together whose tokens fared alike, and whose secrets are equally right', () => {
    const table = tableOf([
      genuine({ minter: 'secret_manager' }),
      genuine({ minter: 'auth_service' }),
      genuine({ minter: 'stale' }),
      forged({ result: 'accepted' }),
    ]);
    expect(foldAlike(table).columns.map(({ name, others }) => [name, others])).toEqual([
      ['secret_manager', 1],
      ['stale', undefined],
      ['forged', undefined],
    ]);
  });

  it('keeps apart whose tokens fared differently', () => {
    const table = tableOf([
      genuine({ minter: 'secret_manager', result: 'rejected' }),
      genuine({ minter: 'auth_service' }),
    ]);
    expect(foldAlike(table).columns).toEqual(table.columns);
  });
});
