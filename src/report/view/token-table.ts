import { probeKey } from '../../judge/participants.js';
import { controls, type Report, type ReportAttempt } from '../../model.js';
import { toleratedIn } from './open-rotation.js';
import type { ParticipantStatus } from './participant-status.js';
import type { Status } from './status.js';
import { controlCell, genuineCell, type TokenCell } from './token-cell.js';

/** A kind of token: valid ones by the participant whose secret signed them, then the controls. */
export interface TokenColumn {
  readonly key: string;
  readonly kind: 'genuine' | 'control';
  /** The minter or the control. */
  readonly name: string;
  /** The minter of tokens of one version, whose name has the version. */
  readonly minter?: string;
  /** How many more signers it stands for. */
  readonly others?: number;
  /** Whether its tokens have to be accepted; `null` if it is unknown whose secret is right. */
  readonly right: boolean | null;
}

/** Whether either answer is as it should be: tokens of a wrong secret are rejected, or accepted by those that share it. */
export function isEitherWay(column: TokenColumn): boolean {
  return column.kind === 'genuine' && column.right === false;
}

/** All tokens that were presented to one probe of one participant. */
export interface TokenRow {
  readonly participant: string;
  readonly probe: string;
  readonly status: Status;
  readonly cells: ReadonlyMap<string, TokenCell>;
  readonly attempts: readonly ReportAttempt[];
}

/** A row for every probe, a column for every minter and every control. */
export interface TokenTable {
  readonly columns: readonly TokenColumn[];
  readonly rows: readonly TokenRow[];
}

const unknownMinter = 'unknown';

/** The key of the column that an attempt belongs to. */
export function columnKey(attempt: ReportAttempt): string {
  if (attempt.token !== 'genuine') return attempt.token;
  const version = attempt.version === undefined ? '' : ` ${attempt.version}`;
  return `genuine ${attempt.minter ?? unknownMinter}${version}`;
}

/**
 * Whose tokens have to be accepted. The tokens of a service that mints and reports no fingerprint count as right, unless
 * tokens of the right secret prove the contrary.
 */
function rightness(
  report: Report,
  participants: readonly ParticipantStatus[],
): (name: string) => boolean | null {
  const mintsOther = mintingOthers(report, participants);
  const right = new Map<string, boolean | null>();
  for (const { participant, state } of participants) {
    const { name, source, agrees } = participant;
    const isPresumed = source === null && !mintsOther.has(name);
    right.set(name, isPresumed || state === 'reference' || (state === 'overlap' ? false : agrees));
  }
  return (name) => right.get(name) ?? null;
}

/** Minters whose tokens were rejected by a probe that accepted tokens of the right secret of the same type. */
function mintingOthers(report: Report, participants: readonly ParticipantStatus[]): ReadonlySet<string> {
  const wrong = new Set(
    participants
      .filter((p) => p.participant.source === null && p.participant.agrees === false)
      .map((p) => p.participant.name),
  );
  const right = new Set(
    participants
      .filter((p) => p.state !== 'overlap' && p.participant.agrees === true && p.participant.source !== null)
      .map((p) => p.participant.name),
  );
  const keyOf = (a: ReportAttempt): string => JSON.stringify([a.participant, a.probe, a.tokenType]);
  const genuine = report.attempts.filter((a) => a.token === 'genuine');
  const accepting = new Set(
    genuine.filter((a) => a.result === 'accepted' && right.has(a.minter ?? '')).map(keyOf),
  );
  return new Set(
    genuine.flatMap((a) =>
      a.minter !== null && wrong.has(a.minter) && a.result === 'rejected' && accepting.has(keyOf(a))
        ? [a.minter]
        : [],
    ),
  );
}

function columnsOf(report: Report, participants: readonly ParticipantStatus[]): TokenColumn[] {
  const right = rightness(report, participants);
  const genuine = new Map<string, TokenColumn>();
  const present = new Map<string, TokenColumn>();
  for (const attempt of report.attempts) {
    const key = columnKey(attempt);
    if (attempt.token === 'genuine') {
      if (genuine.has(key)) continue;
      const minter = attempt.minter ?? unknownMinter;
      const name = attempt.version === undefined ? minter : `${minter} version ${attempt.version}`;
      genuine.set(key, { key, kind: 'genuine', name, minter, right: right(minter) });
    } else if (!present.has(key)) {
      present.set(key, { key, kind: 'control', name: attempt.token, right: false });
    }
  }
  const place = placesOf(report);
  const rank = (column: TokenColumn): number =>
    (column.minter ?? column.name) === report.reference?.participant ? 0 : column.right === true ? 1 : 2;
  return [
    ...[...genuine.values()].sort(
      (a, b) => rank(a) - rank(b) || place(a.minter ?? a.name) - place(b.minter ?? b.name),
    ),
    ...[...present.values()].sort((a, b) => kinds.indexOf(a.name) - kinds.indexOf(b.name)),
  ];
}

const kinds: readonly string[] = controls;

/** The position of each participant in the report: an order that does not depend on which answered first. */
function placesOf(report: Report): (name: string) => number {
  const places = new Map(report.participants.map(({ name }, index) => [name, index]));
  return (name) => places.get(name) ?? places.size;
}

function cellOf(
  column: TokenColumn,
  attempts: readonly ReportAttempt[],
  isTolerated: (attempt: ReportAttempt) => boolean,
): TokenCell {
  const counts = {
    accepted: attempts.filter((attempt) => attempt.result === 'accepted').length,
    rejected: attempts.filter((attempt) => attempt.result === 'rejected').length,
    presented: attempts.length,
  };
  // The answer stands as it is: it is no fault, and not yet as it has to be.
  const asPlanned = attempts.some(isTolerated);
  if (column.kind === 'control') {
    const cell = controlCell(counts);
    return asPlanned ? { ...cell, status: 'unknown' } : cell;
  }
  const right = attempts.every((attempt) => attempt.expected === 'rejected')
    ? false
    : asPlanned
      ? null
      : column.right;
  return genuineCell(right, counts);
}

/** Whether a probe accepted a valid token. */
export function validAccepted(
  columns: readonly TokenColumn[],
  cells: ReadonlyMap<string, TokenCell>,
): boolean {
  return columns.some((column) => column.kind === 'genuine' && cells.get(column.key)?.state === 'accepted');
}

/** The status of a row. An error in answer to a control counts as rejected if a valid token was accepted. */
function rowStatus(columns: readonly TokenColumn[], cells: ReadonlyMap<string, TokenCell>): Status {
  const accepts = validAccepted(columns, cells);
  let status: Status = 'ok';
  for (const column of columns) {
    const cell = cells.get(column.key);
    if (cell?.status === 'bad') return 'bad';
    if (cell?.status === 'unknown' && !(column.kind === 'control' && accepts)) status = 'unknown';
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

/** Which probe accepts whose tokens. */
export function tokenTable(report: Report, participants: readonly ParticipantStatus[]): TokenTable {
  const isTolerated = toleratedIn(report);
  const columns = columnsOf(report, participants);
  const rows: TokenRow[] = [];
  const byProbe = grouped(report.attempts, probeKey);
  for (const attempts of byProbe.values()) {
    const [first] = attempts;
    if (first === undefined) continue;
    const cells = new Map<string, TokenCell>();
    const byColumn = grouped(attempts, columnKey);
    for (const column of columns) {
      const presented = byColumn.get(column.key);
      if (presented !== undefined) cells.set(column.key, cellOf(column, presented, isTolerated));
    }
    rows.push({
      participant: first.participant,
      probe: first.probe,
      status: rowStatus(columns, cells),
      cells,
      attempts,
    });
  }
  const place = placesOf(report);
  return { columns, rows: rows.sort((a, b) => place(a.participant) - place(b.participant)) };
}
