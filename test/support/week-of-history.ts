import type {
  CheckRecord,
  EventRecord,
  HistoryRecord,
  KeysRecord,
  ParticipantRecord,
} from '../../src/monitor/history/record.js';

/** The same numbers in every run: a linear congruential generator (Numerical Recipes). From 0 up to 1. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface WeekOptions {
  /** Of the last check. */
  readonly until: Date;
  readonly checks?: number;
  readonly participants?: number;
  /** Milliseconds between checks. */
  readonly every?: number;
}

/**
 * A week of one environment as `jwtcheck watch` records it, with a drift of twenty minutes and a new version at the
 * reference, `service_00`, on every day: one service after the other follows, two a minute.
 */
export function* weekOfHistory(options: WeekOptions): Generator<HistoryRecord> {
  const { until, checks = 10_080, participants = 20, every = 60_000 } = options;
  const random = numbers(20_260_131);
  const names = Array.from(
    { length: participants },
    (_, index) => `service_${String(index).padStart(2, '0')}`,
  );
  const start = until.getTime() - (checks - 1) * every;
  for (let check = 0; check < checks; check++) {
    const at = new Date(start + check * every).toISOString();
    const minute = check % 1440;
    const drifting = minute >= 700 && minute < 720;
    if (check === 0) yield keysRecord(at, true, 0, names);
    if (check > 0 && minute >= 300 && minute <= 300 + participants / 2) {
      const from = 2 * (minute - 300);
      yield keysRecord(at, false, 1 + Math.floor(check / 1440), names.slice(from, from + 2));
    }
    yield checkRecord(at, names, drifting, random);
    if (minute === 701) yield eventRecord('drift-detected', at, check - 1);
    if (minute === 721) yield eventRecord('drift-resolved', at, check - 21);
  }

  function keysRecord(at: string, complete: boolean, version: number, held: readonly string[]): KeysRecord {
    const fingerprint = (0x2007_18bd + version).toString(16);
    const key = { fingerprint, version: `${version + 7}`, createdAt: null, participants: held };
    return {
      type: 'keys',
      at,
      environment: 'staging',
      reference: 'service_00',
      complete,
      keys: [key],
      unread: [],
    };
  }

  function eventRecord(type: 'drift-detected' | 'drift-resolved', at: string, first: number): EventRecord {
    const since = new Date(start + first * every).toISOString();
    const resolved = type === 'drift-resolved';
    return {
      type: 'event',
      at,
      environment: 'staging',
      event: {
        schemaVersion: 1,
        id: `${type} ${since}`,
        incident: `staging/${since}`,
        type,
        level: resolved ? 'INFO' : 'CRITICAL',
        environment: 'staging',
        at,
        since,
        durationMs: Date.parse(at) - Date.parse(since),
        participants: ['service_03'],
        summary: resolved ? 'service_03 agrees again' : 'service_03 differs from secret_manager',
        findings: resolved
          ? []
          : [
              {
                code: 'trailing-newline',
                participants: ['service_03'],
                message: 'It ends in "\\n".',
                remedy: 'Store it again.',
              },
            ],
        impact: { currency: 'USD', mrrAtRisk: resolved ? 0 : 50_000 },
      },
    };
  }
}

function checkRecord(
  at: string,
  names: readonly string[],
  drifting: boolean,
  random: () => number,
): CheckRecord {
  const away = random() < 0.002;
  return {
    type: 'check',
    at,
    environment: 'staging',
    verdict: drifting ? 'inconsistent' : away ? 'inconclusive' : 'consistent',
    level: drifting ? 'CRITICAL' : away ? 'WARNING' : 'INFO',
    durationMs: 200 + Math.round(random() * 300),
    codes: drifting ? ['trailing-newline'] : away ? ['participant-unreachable'] : [],
    impact: { currency: 'USD', mrrAtRisk: drifting ? 50_000 : 0 },
    participants: names.map((name, index): ParticipantRecord => {
      const up = !(away && index === 7);
      const wrong = drifting && index === 3;
      const latenciesMs = up ? [latency(random), latency(random)] : [];
      return {
        name,
        up,
        agrees: up ? !wrong : null,
        accepted: wrong ? 0 : latenciesMs.length,
        shown: latenciesMs.length,
        latenciesMs,
      };
    }),
  };
}

/** Most answers are quick, a few are not. */
const latency = (random: () => number): number =>
  Math.round(8 + random() * 20 + (random() < 0.03 ? random() * 900 : 0));
