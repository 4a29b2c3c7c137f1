import type { Finding, Report } from '../../model.js';
import { type Suite, suitesOf } from './checks.js';
import { type Headline, headlineOf } from './headline.js';
import { rotationLine } from './open-rotation.js';
import {
  type GroupStatus,
  groupStatuses,
  type ParticipantStatus,
  participantStatuses,
} from './participant-status.js';
import { bySeverity } from './status.js';
import { emulatorNote, impactText, type Overall, overall, summaryLine } from './summary.js';
import { type TokenTable, tokenTable } from './token-table.js';

/** All that is derived from a report to show it: every format, the status page and the status line read this. */
export interface ReportView {
  readonly report: Report;
  readonly overall: Overall;
  readonly headline: Headline;
  /** The alert level, the duration and the exit code. */
  readonly summaryLine: string;
  /** The revenue at risk; `null` if there is none. */
  readonly impact: string | null;
  /** The note that secrets were read from an emulator; `null` if none was read. */
  readonly emulatorNote: string | null;
  /** The open rotation, and the participants for which something is missing; `null` if none is open. */
  readonly rotation: string | null;
  /** In the report's order. */
  readonly participants: readonly ParticipantStatus[];
  readonly groups: readonly GroupStatus[];
  readonly tokens: TokenTable;
  /** The worst first. */
  readonly findings: readonly Finding[];
  /** All checks, for formats that know tests. */
  readonly suites: readonly Suite[];
}

/** Makes a value when it is first asked for, and keeps it. */
function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function createView(report: Report): ReportView {
  const findings = lazy(() => bySeverity(report.findings));
  const participants = lazy(() => participantStatuses(report));
  const groups = lazy(() => groupStatuses(report, participants()));
  const tokens = lazy(() => tokenTable(report, participants()));
  const headline = lazy(() => headlineOf(report, participants(), tokens()));
  const suites = lazy(() =>
    suitesOf({
      report,
      headline: headline().text,
      participants: participants(),
      tokens: tokens(),
      findings: findings(),
    }),
  );
  const whole = lazy(() => overall(report));
  return {
    report,
    summaryLine: summaryLine(report),
    impact: impactText(report),
    emulatorNote: emulatorNote(report),
    rotation: rotationLine(report),
    get overall() {
      return whole();
    },
    get headline() {
      return headline();
    },
    get participants() {
      return participants();
    },
    get groups() {
      return groups();
    },
    get tokens() {
      return tokens();
    },
    get findings() {
      return findings();
    },
    get suites() {
      return suites();
    },
  };
}

const views = new WeakMap<Report, ReportView>();

/** The view of a report. It is made once for each report, and each part of it when it is first read. */
export function viewOf(report: Report): ReportView {
  const known = views.get(report);
  if (known !== undefined) return known;
  const view = createView(report);
  views.set(report, view);
  return view;
}
