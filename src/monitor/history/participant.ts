import { Latencies } from './latencies.js';
import type { ParticipantRecord } from './record.js';

export interface ParticipantStatistics {
  readonly name: string;
  /** Checks that it was part of. */
  readonly checks: number;
  /** Of the checks in which it could be told, those in which it agreed. */
  readonly agreesShare: number | null;
  /** Of all checks, those in which it could be reached. */
  readonly upShare: number | null;
  /** Genuine tokens that it gave an answer to, and the share that it accepted. */
  readonly validations: number;
  readonly acceptedShare: number | null;
  /** Milliseconds of those answers: exact up to 100 ms, above to 1 %. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
  /** Incidents that it was part of. */
  readonly incidents: number;
}

/** 0 to 1; `null` of nothing. */
export const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Adds up what the checks saw of one participant. */
export class Participant {
  #checks = 0;
  #told = 0;
  #agreed = 0;
  #up = 0;
  #shown = 0;
  #accepted = 0;
  readonly #latencies = new Latencies();

  add({ up, agrees, shown, accepted, latenciesMs }: ParticipantRecord): void {
    this.#checks += 1;
    if (up) this.#up += 1;
    if (agrees !== null) this.#told += 1;
    if (agrees === true) this.#agreed += 1;
    this.#shown += shown;
    this.#accepted += accepted;
    for (const ms of latenciesMs) this.#latencies.add(ms);
  }

  statistics(name: string, incidents: number): ParticipantStatistics {
    const p50 = this.#latencies.quantile(0.5);
    const p95 = this.#latencies.quantile(0.95);
    return {
      name,
      checks: this.#checks,
      agreesShare: share(this.#agreed, this.#told),
      upShare: share(this.#up, this.#checks),
      validations: this.#shown,
      acceptedShare: share(this.#accepted, this.#shown),
      latencyMs: p50 === null || p95 === null ? null : { p50, p95 },
      incidents,
    };
  }
}
