import type { Finding, Report, ReportParticipant } from '../../model.js';
import { isLocalSource } from '../../observe/sources/reader.js';
import { viewOf } from '../../report/view/view.js';
import type { CheckOutcome, Drift } from '../monitor-model.js';
import { couldNotTell, isGrave } from './drift.js';

/** The participants and sources that a check could read. */
export interface Visibility {
  /** The reason for degraded monitoring, in words; `null` if monitoring works or a participant is the cause. */
  readonly degraded: string | null;
  /** Whether the results of single participants are unknown as well. */
  readonly inconclusive: boolean;
  /** All participants that could not be read or gave no clear answer, required or not. */
  readonly unreadable: ReadonlySet<string>;
  /** Required participants that could not be read or gave no clear answer, without the reference. */
  readonly unreachable: ReadonlySet<string>;
  /** Participants for which this check does not show whether they are reachable. */
  readonly unknown: ReadonlySet<string>;
}

/** Everything was read. */
const everything: Visibility = {
  degraded: null,
  inconclusive: false,
  unreadable: new Set(),
  unreachable: new Set(),
  unknown: new Set(),
};

/**
 * Determines what a check could read.
 * @param drift the drift that the check shows: its participants that answered count as reachable
 */
export function visibilityOf(outcome: CheckOutcome, drift: Drift | null): Visibility {
  if (outcome.is === 'failed')
    return { ...everything, degraded: `the check failed: ${outcome.message}`, inconclusive: true };
  const { report } = outcome;
  if (report.verdict === 'consistent' && (report.exitCode === 0 || drift !== null)) return everything;

  const unreadable = lostIn(report, drift);
  const wrong = new Set(drift?.participants ?? []);
  const counts = (p: ReportParticipant) => p.required && p.name !== report.reference?.participant;
  const unreachable = report.participants.filter(
    (p) => unreadable.has(p.name) && counts(p) && !(wrong.has(p.name) && p.reachable),
  );
  const names = new Set(unreachable.map((p) => p.name));
  const sees = { unreadable, unreachable: names, unknown: unclearIn(report, unreadable, wrong) };
  const cause = referenceLost(report) ?? everythingLost(report, unreadable);
  if (cause !== null) return { degraded: cause, inconclusive: true, ...sees };
  const isUnattributed = drift === null && unreachable.length === 0;
  return { degraded: isUnattributed ? inWords(report) : null, inconclusive: false, ...sees };
}

/** Findings that explain why a participant could not be judged; if there are none, more severe findings. */
export function reasonsFor(report: Report, name: string): Finding[] {
  const about = report.findings.filter((f) => f.participants.includes(name) && matters(f));
  const reasons = about.filter((f) => couldNotTell.has(f.code));
  return reasons.length > 0 ? reasons : about.filter(isGrave);
}

/**
 * An error for an invalid token counts as a rejection. Where no token could be made, its intended receiver is not the
 * cause.
 */
const matters = ({ evidence }: Finding): boolean =>
  evidence.countsAsRefused !== true && evidence.noMinter !== true;

function lostIn(report: Report, drift: Drift | null): ReadonlySet<string> {
  // Without a drift to report it, a more severe finding is the reason for the inconclusive check, such as credentials
  // of the caller.
  const unclear = report.findings.filter((f) =>
    couldNotTell.has(f.code) ? matters(f) : drift === null && isGrave(f),
  );
  return new Set([
    ...report.participants.filter((p) => !p.reachable || p.error !== null).map((p) => p.name),
    ...unclear.flatMap((f) => f.participants),
  ]);
}

/**
 * Participants that got no token or gave no clear answer for an external reason, and participants that have another
 * fault.
 */
function unclearIn(
  report: Report,
  unreadable: ReadonlySet<string>,
  wrong: ReadonlySet<string>,
): ReadonlySet<string> {
  const unclear = report.attempts.filter((a) => a.token === 'genuine' && a.result === 'inconclusive');
  const named = report.findings.filter((f) => f.evidence.noMinter === true).flatMap((f) => f.participants);
  const besides = [...wrong].filter((name) => unreadable.has(name));
  return new Set([...unclear.map((a) => a.participant), ...named, ...besides]);
}

function referenceLost(report: Report): string | null {
  const { reference } = report;
  if (reference === null) return null;
  const named = report.findings.some(
    (f) => f.code === 'reference-unavailable' && f.participants.includes(reference.participant),
  );
  return reference.fingerprint === null || named ? inWords(report, reference.participant) : null;
}

/** At least two participants, and all of them: the network is a more likely cause than the participants. */
function everythingLost(report: Report, unreadable: ReadonlySet<string>): string | null {
  const asked = report.participants.filter(({ source }) => source === null || !isLocalSource(source));
  const silent = (p: ReportParticipant) =>
    unreadable.has(p.name) &&
    p.fingerprint === null &&
    (p.source === null || p.error !== null || !p.reachable);
  if (!asked.every(silent) || asked.filter((p) => p.required).length < 2) return null;
  return `none of the ${asked.length} participants that are asked over the network gave a clear answer`;
}

/** The verdict in words; for a reference, the reason why it could not be read. */
function inWords(report: Report, reference?: string): string {
  const why = report.findings.find(
    (f) =>
      f.code === 'reference-unavailable' && reference !== undefined && f.participants.includes(reference),
  );
  if (why !== undefined) return why.message.replace(/\.$/, '');
  if (reference !== undefined) return `the reference ${reference} could not be read`;
  return viewOf(report).headline.text;
}
