import type { Level } from '../../model.js';
import { eventTraits, type FaultKind, isOver, worse } from '../event-types.js';
import type { AdoptionStatistics } from '../history/adoptions.js';
import { type KeyStatistics, Keys } from '../history/key-statistics.js';
import { Latencies } from '../history/participant.js';
import type { CheckRecord, HistoryRecord } from '../history/record.js';
import { type RotationStatistics, Rotations } from '../history/rotations.js';
import type { DriftEvent } from '../monitor-model.js';

/** A stretch of time, as `/history.json` returns it. */
export interface Bucket {
  /** Its beginning; RFC 3339, UTC. */
  readonly at: string;
  readonly checks: number;
  readonly consistent: number;
  readonly inconsistent: number;
  readonly inconclusive: number;
  /** Checks that gave no report. */
  readonly failed: number;
  /** The response time for valid tokens, in milliseconds; `null` if none was presented. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

/** An incident, as far as its events are within the kept time. */
export interface PastIncident {
  readonly id: string;
  readonly kind: FaultKind;
  /** The highest level that was reported. */
  readonly level: Level;
  readonly since: string;
  /** `null`: not over. */
  readonly until: string | null;
  readonly participants: readonly string[];
  readonly codes: readonly string[];
  readonly summary: string;
  /** The last that the monitor did about it, in words. */
  readonly remediation?: string;
}

/** A key in use; of its holders, only how many there are. */
export interface PastKey extends Omit<KeyStatistics, 'participants' | 'releasedAt'> {
  readonly holders: number;
}

/** A rotation, without its id. */
export type PastRotation = Omit<RotationStatistics, 'id'>;

/** The most names of participants in an adoption, and adoptions: a page is no list. */
const mostNames = 20;
const mostAdoptions = 10;
const mostRotations = 10;

/** Only the first names; other members hold their number. */
const shortened = (adoption: AdoptionStatistics): AdoptionStatistics => ({
  ...adoption,
  last: adoption.last.slice(0, mostNames),
  waitingFor: adoption.waitingFor.slice(0, mostNames),
  wentBack: adoption.wentBack.slice(0, mostNames),
});

interface Minute {
  checks: number;
  readonly verdicts: Record<'consistent' | 'inconsistent' | 'inconclusive' | 'failed', number>;
  readonly latencies: Latencies;
}

const minuteMs = 60_000;

/**
 * The bucket sizes, in milliseconds: the shortest one that stays within the limit of buckets, each with a check in it,
 * is used.
 */
const bucketLengths = [1, 5, 10, 15, 30, 60, 120, 360, 720, 1440, 2880].map((minutes) => minutes * minuteMs);
const mostBuckets = 360;
const longestBucket = 2880 * minuteMs;

/** Checks that may arrive twice: those that ran while the history was read. */
const mostLatest = 5000;

/** More incidents than this are no timeline. */
const mostIncidents = 500;

/**
 * The past in minutes, built from records; it drops data older than `keepMs` milliseconds.
 * @param intervalMs milliseconds between two checks, which may change
 */
export function createTimeline(keepMs: number, intervalMs: () => number) {
  const minutes = new Map<number, Minute>();
  const incidents = new Map<string, PastIncident & { readonly eventAt: string }>();
  const seen = new Set<string>();
  const keys = new Keys();
  const rotations = new Rotations();
  let lastAt: string | null = null;
  /** Times of the latest checks. */
  const latest = new Set<number>();

  function addCheck(record: CheckRecord, at: number): void {
    const index = Math.floor(at / minuteMs);
    const minute: Minute = minutes.get(index) ?? {
      checks: 0,
      verdicts: { consistent: 0, inconsistent: 0, inconclusive: 0, failed: 0 },
      latencies: new Latencies(),
    };
    // The same record may come from the file and from the loop; an earlier time means that the clock was set back.
    if (latest.has(at)) return;
    latest.add(at);
    const [oldest] = latest;
    if (latest.size > mostLatest && oldest !== undefined) latest.delete(oldest);
    lastAt = record.at;
    const rejected = record.participants.reduce((sum, { shown, accepted }) => sum + shown - accepted, 0);
    keys.rejected(rejected);
    rotations.checked(record, rejected);
    minutes.set(index, minute);
    minute.checks += 1;
    minute.verdicts[record.verdict ?? 'failed'] += 1;
    for (const { latenciesMs } of record.participants) for (const ms of latenciesMs) minute.latencies.add(ms);
    // A clock that was set leaves minutes in any order: now and then all are looked at.
    if (minutes.size < keepMs / minuteMs + 60) return;
    for (const old of minutes.keys()) if ((old + 1) * minuteMs < at - keepMs) minutes.delete(old);
  }

  function addEvent(event: DriftEvent): void {
    if (seen.has(event.id)) return;
    seen.add(event.id);
    const { kind, isNote = false } = eventTraits[event.type];
    // A rotation is no incident: it has a panel of its own.
    if (kind === 'rotation') return;
    const before = incidents.get(event.incident);
    const over = isOver(event);
    incidents.set(event.incident, {
      id: event.incident,
      kind,
      level: before === undefined ? event.level : worse(event.level, before.level),
      since: event.since,
      until: over ? event.at : null,
      eventAt: event.at,
      participants:
        event.participants.length > 0 && !(isNote && before !== undefined)
          ? event.participants
          : (before?.participants ?? []),
      codes: [...new Set([...(before?.codes ?? []), ...event.findings.map(({ code }) => code)])],
      summary: (over || isNote) && before !== undefined ? before.summary : event.summary,
      ...remediationOf(isNote ? event.summary : before?.remediation),
    });
    for (const old of [...incidents.keys()].slice(0, -mostIncidents)) incidents.delete(old);
    for (const old of [...seen].slice(0, -mostIncidents * 10)) seen.delete(old);
  }

  return {
    /** Takes in one record, in the order in which they were made. */
    add(record: HistoryRecord): void {
      const at = Date.parse(record.at);
      if (Number.isNaN(at)) return;
      if (record.type === 'check') addCheck(record, at);
      else if (record.type === 'event') addEvent(record.event);
      else if (record.type === 'keys') keys.add(record);
      else if (record.type === 'rotation') {
        rotations.add(record);
        keys.rotating(record);
      }
    },

    /**
     * The records between two times: buckets that contain checks, and incidents that were open then.
     * @param open the incidents that are open now: no others last beyond their last event
     */
    between(since: Date, until: Date, open: ReadonlySet<string>) {
      const span = until.getTime() - since.getTime();
      const from = since.toISOString();
      const adoptions = keys.adoptions('');
      const rotated = rotations.statistics('', lastAt);
      const recent = adoptions.filter(({ endedAt }) => endedAt === null || endedAt >= from);
      const bucketMs =
        bucketLengths.find((ms) => span / ms <= mostBuckets && ms >= 1.5 * intervalMs()) ?? longestBucket;
      const buckets = new Map<number, Minute>();
      for (const [index, minute] of minutes) {
        const at = index * minuteMs;
        if (at + minuteMs <= since.getTime() || at > until.getTime()) continue;
        const start = Math.floor(at / bucketMs) * bucketMs;
        buckets.set(start, joined(buckets.get(start), minute));
      }
      return {
        since: since.toISOString(),
        until: until.toISOString(),
        bucketMs,
        buckets: [...buckets].sort(([a], [b]) => a - b).map(([start, minute]) => bucketOf(start, minute)),
        keys: keys
          .keys('9999', lastAt)
          .map(
            ({ participants, releasedAt: _, ...key }): PastKey => ({ ...key, holders: participants.length }),
          ),
        // The newest one is included even if it ended before.
        adoptions: (recent.length > 0 ? recent : adoptions.slice(-1)).slice(-mostAdoptions).map(shortened),
        // However long ago: a rotation is rare.
        rotations: rotated.rotations
          .slice(-mostRotations)
          .map(({ id: _, ...rotation }): PastRotation => rotation),
        rotationSummary: rotated.rotationSummary,
        incidents: [...incidents.values()]
          .map(
            ({ eventAt, ...past }): PastIncident => ({
              ...past,
              until: past.until ?? (open.has(past.id) ? null : eventAt),
            }),
          )
          .filter((past) => past.until === null || Date.parse(past.until) >= since.getTime()),
      };
    },
  };
}

const remediationOf = (text: string | undefined): Pick<PastIncident, 'remediation'> =>
  text === undefined ? {} : { remediation: text };

export type Timeline = ReturnType<typeof createTimeline>;
export type Past = ReturnType<Timeline['between']>;

function joined(sum: Minute | undefined, more: Minute): Minute {
  const total: Minute = {
    checks: (sum?.checks ?? 0) + more.checks,
    verdicts: { ...more.verdicts },
    latencies: sum?.latencies ?? new Latencies(),
  };
  if (sum !== undefined)
    for (const name of ['consistent', 'inconsistent', 'inconclusive', 'failed'] as const)
      total.verdicts[name] += sum.verdicts[name];
  total.latencies.join(more.latencies);
  return total;
}

function bucketOf(start: number, { checks, verdicts, latencies }: Minute): Bucket {
  return {
    at: new Date(start).toISOString(),
    checks,
    ...verdicts,
    p50Ms: latencies.quantile(0.5),
    p95Ms: latencies.quantile(0.95),
  };
}
