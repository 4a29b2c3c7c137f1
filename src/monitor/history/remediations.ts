import type { RemediationResult } from '../remediation/remediation-model.js';
import type { RemediationRecord } from './record.js';

/** The actions that the monitor carried out for one participant. */
export interface RemediationStatistics {
  readonly participant: string;
  readonly started: number;
  /** How they ended. */
  readonly results: Readonly<Record<RemediationResult, number>>;
  /** When the last one was started or ended. */
  readonly lastAt: string;
}

/** Counts the actions of one environment. */
export class Remediations {
  readonly #sums = new Map<
    string,
    { started: number; results: Map<RemediationResult, number>; lastAt: string }
  >();

  add({ participant, result, at }: RemediationRecord): void {
    const sum = this.#sums.get(participant) ?? { started: 0, results: new Map(), lastAt: at };
    this.#sums.set(participant, sum);
    sum.lastAt = at;
    if (result === 'started') sum.started += 1;
    else sum.results.set(result, (sum.results.get(result) ?? 0) + 1);
  }

  /** By the name of the participant. */
  statistics(): RemediationStatistics[] {
    return [...this.#sums]
      .map(([participant, { started, results, lastAt }]) => ({
        participant,
        started,
        results: {
          fixed: results.get('fixed') ?? 0,
          'not-fixed': results.get('not-fixed') ?? 0,
          worse: results.get('worse') ?? 0,
          failed: results.get('failed') ?? 0,
          interrupted: results.get('interrupted') ?? 0,
        },
        lastAt,
      }))
      .sort((a, b) => (a.participant < b.participant ? -1 : 1));
  }
}
