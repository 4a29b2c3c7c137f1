import { controls, type Report, type ReportAttempt } from '../../model.js';
import type { ParticipantStatus, Status } from './participant-status.js';

/** What became of the tokens of one kind on one probe. */
export interface TokenCell {
  readonly status: Status;
  readonly word: string;
}

/** A kind of token: valid ones by whose secret signed them, then the controls. */
export interface TokenColumn {
  readonly key: string;
  readonly kind: 'genuine' | 'control';
  /** The minter or the control. */
  readonly name: string;
  /** How many signers it stands for besides. */
  readonly others?: number;
  /** Whether its tokens have to be accepted: `null` where nobody knows whose secret is right. */
  readonly right: boolean | null;
}

/** All tokens that were presented to one probe of one participant. */
export interface TokenRow {
  readonly participant: string;
  readonly probe: string;
  readonly status: Status;
  readonly cells: ReadonlyMap<string, TokenCell>;
  readonly attempts: readonly ReportAttempt[];
}

export interface TokenTable {
  readonly columns: readonly TokenColumn[];
  readonly rows: readonly TokenRow[];
}

const unknownMinter = 'unknown';

export function columnKey(attempt: ReportAttempt): string {
  return attempt.token === 'genuine' ? `genuine ${attempt.minter ?? unknownMinter}` : attempt.token;
}

/**
 * Whose tokens have to be accepted. A service that mints and shows no fingerprint is taken at its word, unless tokens
 * of the right secret prove the contrary.
 */
function rightness(
  report: Report,
  standpoints: readonly ParticipantStatus[],
): (name: string) => boolean | null {
  const mintsOther = mintingOthers(report, standpoints);
  const right = new Map<string, boolean | null>();
  for (const { participant, word } of standpoints) {
    const { name, source, agrees } = participant;
    const atItsWord = source === null && !mintsOther.has(name);
    right.set(name, atItsWord || word === 'reference' || (word === 'overlap' ? false : agrees));
  }
  return (name) => right.get(name) ?? null;
}

/** Whose tokens were refused by a probe that took those of the right secret of the same type. */
function mintingOthers(report: Report, standpoints: readonly ParticipantStatus[]): ReadonlySet<string> {
  const wrong = new Set(
    standpoints
      .filter((p) => p.participant.source === null && p.participant.agrees === false)
      .map((p) => p.participant.name),
  );
  const right = new Set(
    standpoints
      .filter((p) => p.word !== 'overlap' && p.participant.agrees === true && p.participant.source !== null)
      .map((p) => p.participant.name),
  );
  const keyOf = (a: ReportAttempt): string => JSON.stringify([a.participant, a.probe, a.tokenType]);
  const genuine = report.attempts.filter((a) => a.token === 'genuine');
  const taken = new Set(
    genuine.filter((a) => a.result === 'accepted' && right.has(a.minter ?? '')).map(keyOf),
  );
  return new Set(
    genuine.flatMap((a) =>
      a.minter !== null && wrong.has(a.minter) && a.result === 'rejected' && taken.has(keyOf(a))
        ? [a.minter]
        : [],
    ),
  );
}

function columnsOf(report: Report, standpoints: readonly ParticipantStatus[]): TokenColumn[] {
  const right = rightness(report, standpoints);
  const genuine = new Map<string, TokenColumn>();
  const present = new Map<string, TokenColumn>();
  for (const attempt of report.attempts) {
    const key = columnKey(attempt);
    if (attempt.token === 'genuine') {
      if (genuine.has(key)) continue;
      const name = attempt.minter ?? unknownMinter;
      genuine.set(key, { key, kind: 'genuine', name, right: right(name) });
    } else if (!present.has(key)) {
      present.set(key, { key, kind: 'control', name: attempt.token, right: false });
    }
  }
  const place = placesOf(report);
  const rank = (column: TokenColumn): number =>
    column.name === report.reference?.participant ? 0 : column.right === true ? 1 : 2;
  return [
    ...[...genuine.values()].sort((a, b) => rank(a) - rank(b) || place(a.name) - place(b.name)),
    ...[...present.values()].sort((a, b) => kinds.indexOf(a.name) - kinds.indexOf(b.name)),
  ];
}

const kinds: readonly string[] = controls;

/** Where a participant stands in the report, for an order that does not depend on who answered first. */
function placesOf(report: Report): (name: string) => number {
  const places = new Map(report.participants.map(({ name }, index) => [name, index]));
  return (name) => places.get(name) ?? places.size;
}

function controlCell(accepted: number, rejected: number, presented: number): TokenCell {
  if (accepted === presented) return { status: 'bad', word: 'ACCEPTED' };
  if (accepted > 0) return { status: 'bad', word: `${accepted}/${presented} ACCEPTED` };
  return rejected > 0 ? { status: 'ok', word: 'rejected' } : { status: 'unknown', word: 'inconclusive' };
}

function genuineCell(
  right: boolean | null,
  accepted: number,
  rejected: number,
  presented: number,
): TokenCell {
  if (right === false) {
    if (accepted > 0) return { status: 'ok', word: 'accepted' };
    return rejected > 0 ? { status: 'ok', word: 'rejected' } : { status: 'ok', word: 'inconclusive' };
  }
  if (accepted === presented) return { status: 'ok', word: 'accepted' };
  if (rejected > 0) {
    const word = rejected === presented ? 'REJECTED' : `${rejected}/${presented} REJECTED`;
    return { status: right === true ? 'bad' : 'unknown', word };
  }
  return { status: 'unknown', word: 'inconclusive' };
}

function cellOf(column: TokenColumn, attempts: readonly ReportAttempt[]): TokenCell {
  const accepted = attempts.filter((attempt) => attempt.result === 'accepted').length;
  const rejected = attempts.filter((attempt) => attempt.result === 'rejected').length;
  if (column.kind === 'control') return controlCell(accepted, rejected, attempts.length);
  const right = attempts.every((attempt) => attempt.expected === 'rejected') ? false : column.right;
  return genuineCell(right, accepted, rejected, attempts.length);
}

/** Whether a probe took a valid token. */
export function validAccepted(
  columns: readonly TokenColumn[],
  cells: ReadonlyMap<string, TokenCell>,
): boolean {
  return columns.some((column) => column.kind === 'genuine' && cells.get(column.key)?.word === 'accepted');
}

/** A control that got an error instead of an answer counts as refused where the valid token was accepted. */
function settled(columns: readonly TokenColumn[], cells: ReadonlyMap<string, TokenCell>): Status {
  const taken = validAccepted(columns, cells);
  let status: Status = 'ok';
  for (const column of columns) {
    const cell = cells.get(column.key);
    if (cell?.status === 'bad') return 'bad';
    if (cell?.status === 'unknown' && !(column.kind === 'control' && taken)) status = 'unknown';
  }
  return status;
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** Who accepts whose tokens: a row for every probe, a column for every minter and every control. */
export function tokenTable(report: Report, standpoints: readonly ParticipantStatus[]): TokenTable {
  const columns = columnsOf(report, standpoints);
  const rows: TokenRow[] = [];
  const byProbe = grouped(report.attempts, (attempt) => JSON.stringify([attempt.participant, attempt.probe]));
  for (const attempts of byProbe.values()) {
    const [first] = attempts;
    if (first === undefined) continue;
    const cells = new Map<string, TokenCell>();
    const byColumn = grouped(attempts, columnKey);
    for (const column of columns) {
      const presented = byColumn.get(column.key);
      if (presented !== undefined) cells.set(column.key, cellOf(column, presented));
    }
    rows.push({
      participant: first.participant,
      probe: first.probe,
      status: settled(columns, cells),
      cells,
      attempts,
    });
  }
  const place = placesOf(report);
  return { columns, rows: rows.sort((a, b) => place(a.participant) - place(b.participant)) };
}
