import { setTimeout as delay } from 'node:timers/promises';
import type { KeyUse } from '../rotation/key-use.js';
import type { RotationRecord } from '../rotation/rotation-record.js';
import type { Secret } from '../secret/secret.js';
import { type CutoverWindow, cutoverWindow } from './cutover-window.js';
import type { GateResult } from './gate.js';
import type { RotationContext } from './rotation-context.js';

/** Milliseconds between two checks at most: the window is known no better than that. */
const mostPause = 1000;

/** Milliseconds after which it is looked whether a cutover is over. */
const tick = 20;

/** A cutover under way: checks continue from the moment that services may take the new key over, while rollouts run. */
export class WatchedCutover {
  readonly uses: KeyUse[] = [];
  readonly #ending = new AbortController();
  readonly #checking: Promise<void>;
  readonly #signal: AbortSignal;

  constructor(
    { from, to }: RotationRecord,
    keys: ReadonlyMap<number, Secret>,
    { observe, signal }: Pick<RotationContext, 'observe' | 'signal'>,
    pauseMs: number,
  ) {
    this.#signal = signal;
    const asked = { keys, valid: to === null ? [from] : [from, to], retired: null, checkedVersion: null };
    const check = async (): Promise<void> => {
      while (!this.#isEnded) {
        this.uses.push(await observe(asked));
        await this.#pause(Math.min(pauseMs, mostPause));
      }
    };
    this.#checking = check();
    // A failure is handled where the end is awaited; until then it must not end the process.
    this.#checking.catch(() => {});
  }

  /** Continues until the gate holds, the time is over, or it is interrupted. */
  async converge(ask: {
    evaluate(uses: readonly KeyUse[]): GateResult;
    isOver(): boolean;
  }): Promise<{ readonly result: GateResult; readonly window: CutoverWindow }> {
    let result = ask.evaluate(this.uses);
    while (!result.holds && !ask.isOver() && !this.#isEnded) {
      await this.#pause(tick);
      result = ask.evaluate(this.uses);
    }
    await this.end();
    return { result, window: cutoverWindow(this.uses) };
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#checking;
  }

  get #isEnded(): boolean {
    return this.#ending.signal.aborted || this.#signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#ending.signal }).catch(() => {});
  }
}
