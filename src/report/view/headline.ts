import type { FindingCode } from '../../finding-codes.js';
import { controls, type Report } from '../../model.js';
import { sanitizeAndTruncate } from '../text/sanitize.js';
import { toleratedIn } from './open-rotation.js';
import type { ParticipantState, ParticipantStatus } from './participant-status.js';
import { bySeverity } from './status.js';
import { overall } from './summary.js';
import type { TokenTable } from './token-table.js';

/** The verdict in words, on one line and safe for terminals: the problem, and where it is. */
export interface Headline {
  /** Without a capital or a full stop, to stand after a name and a colon. */
  readonly text: string;
  /** As a sentence of its own. */
  readonly sentence: string;
}

/** A part of the headline. A name at its beginning keeps its spelling where a sentence begins. */
interface Clause {
  readonly text: string;
  readonly startsWithName: boolean;
}

const words = (text: string): Clause => ({ text, startsWithName: false });

/** A subject with its predicate. */
const says = ({ text, startsWithName }: Clause, predicate: string): Clause => ({
  text: `${text} ${predicate}`,
  startsWithName,
});

const nameColumns = 40;

function called(name: string): string {
  return sanitizeAndTruncate(name, nameColumns);
}

/** `a`, `a and b`; from three names on only how many of how many. */
function subject(names: readonly string[], of: number): Clause {
  const [first, second, ...more] = names;
  if (first === undefined) return words('none');
  if (second === undefined) return { text: called(first), startsWithName: true };
  if (more.length === 0) return { text: `${called(first)} and ${called(second)}`, startsWithName: true };
  return words(`${names.length} of ${of} participants`);
}

function distinct(names: Iterable<string>): string[] {
  return [...new Set(names)];
}

function inState(points: readonly ParticipantStatus[], ...states: readonly ParticipantState[]): string[] {
  return points.filter(({ state }) => states.includes(state)).map(({ participant }) => participant.name);
}

/** Participants that accept tokens that must be rejected: the worst news first. */
function accepting(report: Report): Clause[] {
  // By a clock that is behind, they have not expired yet.
  const slow = new Set(
    report.findings.filter((f) => f.code === 'clock-skew').flatMap((finding) => finding.participants),
  );
  const isTolerated = toleratedIn(report);
  const accepted = report.attempts.filter(
    (a) =>
      !isTolerated(a) &&
      a.token !== 'genuine' &&
      a.result === 'accepted' &&
      !(a.token === 'expired' && slow.has(a.participant)),
  );
  const names = distinct(accepted.map((a) => a.participant));
  if (names.length === 0) return [];
  const tokens = new Set(accepted.map((a) => a.token));
  const kinds = controls
    .filter((control) => tokens.has(control))
    .map((control) => (control === 'retired' ? 'retired-key' : control));
  const verb = names.length === 1 ? 'accepts' : 'accept';
  const what =
    kinds.length === 1 ? `${kinds[0]} tokens` : `${kinds.slice(0, -1).join(', ')} and ${kinds.at(-1)} tokens`;
  return [says(subject(names, report.participants.length), `${verb} ${what}`)];
}

function differing(report: Report, points: readonly ParticipantStatus[]): Clause[] {
  const total = report.participants.length;
  const names = inState(points, 'differs');
  const split = inState(points, 'split');
  const otherKey = inState(points, 'other-key');
  const clauses: Clause[] = [];
  if (names.length > 0) {
    const verb = names.length === 1 ? 'differs' : 'differ';
    const from = report.reference === null ? 'the majority' : called(report.reference.participant);
    clauses.push(says(subject(names, total), `${verb} from ${from}`));
  }
  if (split.length > 0)
    clauses.push(words(`replicas of ${subject(split, total).text} hold different secrets`));
  if (otherKey.length > 0) {
    const verb = otherKey.length === 1 ? 'signs' : 'sign';
    clauses.push(
      says(subject(otherKey, total), `${verb} tokens with another key than the fingerprint shows`),
    );
  }
  if (clauses.length === 0 && inState(points, 'group').length > 0) {
    const why = report.reference === null ? 'there is no majority to show' : 'there is no reference to show';
    clauses.push(
      words(`${report.groups.length} different secrets are in use, and ${why} which one is right`),
    );
  }
  return clauses;
}

/** Participants that are not where an open rotation wants them. */
function deviating({ findings, participants }: Report): Clause[] {
  return findings
    .filter(({ severity }) => severity === 'error' || severity === 'critical')
    .flatMap(({ code, participants: names, evidence: { version } }): Clause[] => {
      // A stored report may hold any code.
      const predicate = Object.hasOwn(deviations, code)
        ? deviations[code]?.(names.length === 1, `version ${version}`)
        : undefined;
      return predicate === undefined ? [] : [says(subject(names, participants.length), predicate)];
    });
}

const deviations: Partial<Record<FindingCode, (isOne: boolean, version: string) => string>> = {
  'signs-too-early': (isOne, version) => `${isOne ? 'signs' : 'sign'} with ${version} too early`,
  'signs-with-retired-key': (isOne, version) => `still ${isOne ? 'signs' : 'sign'} with ${version}`,
  'rotation-lagging': (isOne, version) => `${isOne ? 'does' : 'do'} not accept ${version}`,
};

/** Participants that reject valid tokens without a difference of fingerprints that would explain it. */
function rejecting(points: readonly ParticipantStatus[], table: TokenTable): Clause[] {
  const explained = new Set(inState(points, 'differs', 'split', 'other-key', 'deviating'));
  const genuine = table.columns.filter((column) => column.kind === 'genuine');
  const rejected = table.rows
    .filter((row) => !explained.has(row.participant))
    .flatMap((row) =>
      genuine.flatMap((column) => {
        const cell = row.cells.get(column.key);
        return cell?.status === 'bad' ? [{ row, isWhole: cell.state === 'rejected' }] : [];
      }),
    );
  const names = distinct(rejected.map(({ row }) => row.participant));
  if (names.length === 0) return [];
  const probes = distinct(rejected.map(({ row }) => called(row.probe)));
  const where = names.length === 1 && probes.length < 3 ? ` (${probes.join(', ')})` : '';
  const verb = names.length === 1 ? 'rejects' : 'reject';
  const some = rejected.some(({ isWhole }) => isWhole) ? '' : 'some ';
  return [says(subject(names, points.length), `${verb} ${some}valid tokens${where}`)];
}

/** The message of the worst finding, if nothing shorter can be said. */
function worstFinding({ findings }: Pick<Report, 'findings'>): Clause | null {
  const [worst] = bySeverity(findings);
  if (worst === undefined) return null;
  // Most messages begin with the name of a participant.
  return { text: sanitizeAndTruncate(worst.message, 160).replace(/\.$/, ''), startsWithName: true };
}

function joined([first, ...others]: readonly [Clause, ...Clause[]]): Clause {
  return { ...first, text: [first, ...others].map(({ text }) => text).join('; ') };
}

function inconsistent(report: Report, points: readonly ParticipantStatus[], table: TokenTable): Clause {
  const [first, second, third] = [
    ...accepting(report),
    ...deviating(report),
    ...differing(report, points),
    ...rejecting(points, table),
  ];
  if (first === undefined) return worstFinding(report) ?? words('the participants do not agree');
  if (second === undefined) return first;
  return joined(third === undefined ? [first, second] : [first, second, words('and more')]);
}

/** Findings of a rotation that takes its time: they leave no verdict open. */
const whileRotating: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'rotation-lagging',
  'rotation-stalled',
]);

function inconclusive(report: Report, points: readonly ParticipantStatus[], table: TokenTable): Clause {
  const reference = points.find((point) => point.participant.name === report.reference?.participant);
  if (reference?.state === 'unread' || reference?.state === 'skipped')
    return words(`the reference ${called(reference.participant.name)} cannot be read`);
  const total = report.participants.length;
  const unread = inState(points, 'unread', 'partly-read');
  if (unread.length > 0) return says(subject(unread, total), 'cannot be read');
  const unproved = inState(points, 'unproved');
  if (unproved.length > 0) return says(subject(unproved, total), 'gave no proof of holding the secret');
  // Where a service has time to follow a rotation, its rejection is a clear answer.
  const lagging = new Set(inState(points, 'lagging'));
  const doubtful = distinct(
    table.rows
      .filter(({ participant, status, attempts }) =>
        lagging.has(participant)
          ? attempts.some(({ result }) => result === 'inconclusive')
          : status === 'unknown',
      )
      .map((row) => row.participant),
  );
  if (doubtful.length > 0) return says(subject(doubtful, total), 'gave no clear answer to a token');
  const readable = points.filter(
    (point) => point.participant.reachable && point.participant.fingerprint !== null,
  );
  if (readable.length < 2) return words('fewer than two participants could be read');
  const reasons = report.findings.filter(({ code }) => !whileRotating.has(code));
  return worstFinding({ findings: reasons }) ?? words('not everything could be checked');
}

function consistent(report: Report, points: readonly ParticipantStatus[]): Clause {
  const agreed = report.rotation === undefined ? agreement(points) : following(points);
  // Where a finding fails the check, or would by any other policy, agreement is no good news.
  if (overall(report).status !== 'bad') return agreed;
  return joined([worstFinding(report) ?? words('a finding fails this check'), agreed]);
}

/** How many participants are where an open rotation wants them. */
function following(points: readonly ParticipantStatus[]): Clause {
  const late = inState(points, 'lagging').length;
  const unread = inState(points, 'unread', 'partly-read', 'skipped', 'unknown').length;
  const rest = points.length - late - unread;
  const skipped = unread === 0 ? '' : `; ${unread} could not be read (optional)`;
  return late === 0
    ? words(`${rest === 2 ? 'both' : `all ${rest}`} participants follow the open rotation${skipped}`)
    : words(`${rest} of ${points.length} participants follow the open rotation so far${skipped}`);
}

/** How many participants hold the same secret, and of how many that is unknown. */
function agreement(points: readonly ParticipantStatus[]): Clause {
  const holding = points.filter((point) => point.status !== 'unknown').length;
  const unread = inState(points, 'unread', 'partly-read', 'skipped').length;
  const skipped = unread === 0 ? '' : `; ${unread} could not be read (optional)`;
  const others = points.length - holding - unread;
  const unknown = others === 0 ? '' : `; ${others} could not be determined (optional)`;
  const all = holding === 2 ? 'both' : `all ${holding}`;
  return words(`${all} participants hold the same secret${skipped}${unknown}`);
}

function clauseOf(report: Report, points: readonly ParticipantStatus[], table: TokenTable): Clause {
  switch (report.verdict) {
    case 'consistent':
      return consistent(report, points);
    case 'inconsistent':
      return inconsistent(report, points, table);
    case 'inconclusive':
      return inconclusive(report, points, table);
  }
}

/** The verdict in one sentence. */
export function headlineOf(
  report: Report,
  points: readonly ParticipantStatus[],
  table: TokenTable,
): Headline {
  const { text, startsWithName } = clauseOf(report, points, table);
  const first = startsWithName ? text.charAt(0) : text.charAt(0).toUpperCase();
  return { text, sentence: `${first}${text.slice(1)}.` };
}
