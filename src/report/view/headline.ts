import { controls, type Report, severities } from '../../model.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import type { ParticipantStatus } from './participant-status.js';
import { overall } from './summary.js';
import type { TokenTable } from './token-table.js';

const nameColumns = 40;

function called(name: string): string {
  return sanitizeAndTruncate(name, nameColumns);
}

/** `a`, `a and b`; from three on only how many of how many. */
export function who(names: readonly string[], of: number, what = 'participants'): string {
  const [first, second, ...more] = names;
  if (first === undefined) return 'nobody';
  if (second === undefined) return called(first);
  if (more.length === 0) return `${called(first)} and ${called(second)}`;
  return `${names.length} of ${of} ${what}`;
}

function distinct(names: Iterable<string>): string[] {
  return [...new Set(names)];
}

/** Who takes tokens that must be rejected: the worst news first. */
function takers(report: Report): string[] {
  // By a clock that is behind they have not expired yet.
  const slow = new Set(
    report.findings.filter((f) => f.code === 'clock-skew').flatMap((finding) => finding.participants),
  );
  const accepted = report.attempts.filter(
    (a) =>
      a.token !== 'genuine' && a.result === 'accepted' && !(a.token === 'expired' && slow.has(a.participant)),
  );
  const names = distinct(accepted.map((a) => a.participant));
  if (names.length === 0) return [];
  const taken = new Set(accepted.map((a) => a.token));
  const kinds = controls.filter((control) => taken.has(control));
  const verb = names.length === 1 ? 'accepts' : 'accept';
  const tokens =
    kinds.length === 1 ? `${kinds[0]} tokens` : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)} tokens`;
  return [`${who(names, report.participants.length)} ${verb} ${tokens}`];
}

function differing(report: Report, points: readonly ParticipantStatus[]): string[] {
  const total = report.participants.length;
  const names = points.filter((point) => point.word === 'DIFFERS').map((point) => point.participant.name);
  const split = points.filter((point) => point.word === 'SPLIT').map((point) => point.participant.name);
  const otherKey = points.filter((p) => p.word === 'OTHER KEY').map((p) => p.participant.name);
  const clauses: string[] = [];
  if (names.length > 0) {
    const verb = names.length === 1 ? 'differs' : 'differ';
    const from = report.reference === null ? 'the majority' : called(report.reference.participant);
    clauses.push(`${who(names, total)} ${verb} from ${from}`);
  }
  if (split.length > 0) clauses.push(`replicas of ${who(split, total)} hold different secrets`);
  if (otherKey.length > 0) {
    const verb = otherKey.length === 1 ? 'signs' : 'sign';
    clauses.push(`${who(otherKey, total)} ${verb} tokens with another key than the fingerprint shows`);
  }
  if (clauses.length === 0 && points.some((point) => point.word.startsWith('group '))) {
    const why = report.reference === null ? 'there is no majority to show' : 'there is no reference to show';
    clauses.push(`${report.groups.length} different secrets are in use, and ${why} which one is right`);
  }
  return clauses;
}

/** Who refuses good tokens without a difference of fingerprints that would explain it. */
function refusers(points: readonly ParticipantStatus[], table: TokenTable): string[] {
  const explained = new Set(
    points.filter((p) => ['DIFFERS', 'SPLIT', 'OTHER KEY'].includes(p.word)).map((p) => p.participant.name),
  );
  const genuine = table.columns.filter((column) => column.kind === 'genuine');
  const refused = table.rows
    .filter((row) => !explained.has(row.participant))
    .flatMap((row) =>
      genuine.flatMap((column) => {
        const cell = row.cells.get(column.key);
        return cell?.status === 'bad' ? [{ row, all: cell.word === 'REJECTED' }] : [];
      }),
    );
  const names = distinct(refused.map(({ row }) => row.participant));
  if (names.length === 0) return [];
  const probes = distinct(refused.map(({ row }) => called(row.probe)));
  const where = names.length === 1 && probes.length < 3 ? ` (${probes.join(', ')})` : '';
  const verb = names.length === 1 ? 'rejects' : 'reject';
  const some = refused.some(({ all }) => all) ? '' : 'some ';
  return [`${who(names, points.length)} ${verb} ${some}valid tokens${where}`];
}

/** What the worst finding says, where nothing shorter can be said. */
function worstFinding(report: Report): string | null {
  const [worst] = [...report.findings].sort(
    (a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity),
  );
  return worst === undefined ? null : sanitizeAndTruncate(worst.message, 160).replace(/\.$/, '');
}

function inconsistent(report: Report, points: readonly ParticipantStatus[], table: TokenTable): string {
  const clauses = [...takers(report), ...differing(report, points), ...refusers(points, table)];
  if (clauses.length === 0) return worstFinding(report) ?? 'the participants do not agree';
  return clauses.length > 2 ? `${clauses.slice(0, 2).join('; ')}; and more` : clauses.join('; ');
}

function inconclusive(report: Report, points: readonly ParticipantStatus[], table: TokenTable): string {
  const reference = points.find((point) => point.participant.name === report.reference?.participant);
  if (reference?.word === 'unread' || reference?.word === 'skipped')
    return `the reference ${called(reference.participant.name)} cannot be read`;
  const total = report.participants.length;
  const unread = points.filter((point) => point.word === 'unread' || point.word === 'partly');
  if (unread.length > 0) {
    const names = unread.map((point) => point.participant.name);
    return `${who(names, total)} cannot be read`;
  }
  const unproved = points.filter((point) => point.word === 'unproved').map((point) => point.participant.name);
  if (unproved.length > 0) return `${who(unproved, total)} gave no proof of holding the secret`;
  const doubtful = distinct(
    table.rows.filter((row) => row.status === 'unknown').map((row) => row.participant),
  );
  if (doubtful.length > 0) return `${who(doubtful, total)} gave no clear answer to a token`;
  const readable = points.filter(
    (point) => point.participant.reachable && point.participant.fingerprint !== null,
  );
  if (readable.length < 2) return 'fewer than two participants could be read';
  return worstFinding(report) ?? 'not everything could be checked';
}

const unreadWords: readonly string[] = ['unread', 'partly', 'skipped'];

function consistent(report: Report, points: readonly ParticipantStatus[]): string {
  const sentence = agreement(points);
  // Where a finding fails the check, or would by any other policy, agreement is no good news.
  if (overall(report).status !== 'bad') return sentence;
  return `${worstFinding(report) ?? 'a finding fails this check'}; ${sentence}`;
}

/** Who holds the same secret, and of whom it is not known. */
function agreement(points: readonly ParticipantStatus[]): string {
  const holding = points.filter((point) => point.status !== 'unknown').length;
  const unread = points.filter(({ word }) => unreadWords.includes(word)).length;
  const away = unread === 0 ? '' : `; ${unread} could not be read (optional)`;
  const others = points.length - holding - unread;
  const untold = others === 0 ? '' : `; ${others} could not be determined (optional)`;
  const all = holding === 2 ? 'both' : 'all';
  return `${all} ${holding} participants hold the same secret${away}${untold}`;
}

/** The verdict in one sentence, on one line and harmless in a terminal: what is wrong, and where. */
export function headline(report: Report, points: readonly ParticipantStatus[], table: TokenTable): string {
  if (report.verdict === 'consistent') return consistent(report, points);
  return report.verdict === 'inconsistent'
    ? inconsistent(report, points, table)
    : inconclusive(report, points, table);
}
