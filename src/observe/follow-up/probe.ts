import { toldApart } from '../../judge/answers.js';
import type { Attempt, Trial } from '../../model.js';
import { Secret } from '../../secret.js';
import type { ProbeResult } from '../probes/probe.js';
import { experimentsFor, type Situation } from './choose.js';
import { type Experiment, mintFor, unchanged } from './experiment.js';

/** One probe that refused a genuine token, and how to go on asking it. */
export interface Subject extends Omit<Situation, 'apart'> {
  readonly participant: string;
  readonly probe: string;
  /** What the probe answered so far. */
  readonly attempts: readonly Attempt[];
  readonly maxAttempts: number;
  readonly now: () => Date;
  /** Presents a token; `null` where there is no time left. */
  present(token: Secret | null): Promise<ProbeResult | null>;
}

/** Attempts that it takes to make sure of an acceptance. */
const toMakeSure = 6;
/** Experiments under way together: few, for services count refused tokens. */
const together = 4;
/** After so many answers in a row that tell nothing, a probe is left alone: it may be rate limited. */
const patience = 4;

/** Experiments on one probe, one change at a time, until one is accepted or the attempts are used up. */
export async function followUpProbe(subject: Subject): Promise<Trial[]> {
  return new FollowUp(subject).run();
}

class FollowUp {
  readonly #subject: Subject;
  readonly #trials: Trial[] = [];
  #left: number;
  #silent = 0;

  constructor(subject: Subject) {
    this.#subject = subject;
    this.#left = subject.maxAttempts;
  }

  async run(): Promise<Trial[]> {
    if (!(await this.#baseline())) return this.#trials;
    const experiments = experimentsFor({ ...this.#subject, apart: this.#apart() });
    for (let next = 0; next < experiments.length; next += together) {
      const room = Math.min(together, this.#left - toMakeSure);
      if (room <= 0 || this.#silent >= patience) break;
      const wave = experiments.slice(next, next + room);
      if (await this.#wave(wave)) break;
    }
    return this.#trials;
  }

  /** Asks for what there is to compare with. `false`: nothing that comes after could prove anything. */
  async #baseline(): Promise<boolean> {
    const { refused, attempts, participant, probe } = this.#subject;
    const seen = (token: Attempt['token']): boolean => attempts.some((a) => a.token === token);
    const { key, settings, type } = refused;
    const same = unchanged({ settings, type, key: key ?? new Secret('') });
    const control = async (token: 'forged' | 'missing'): Promise<boolean> => {
      const minted = token === 'forged' ? await mintFor(same, this.#subject.now(), true) : null;
      const result = await this.#ask(minted);
      if (result === null) return false;
      const words = { vary: 'nothing', text: token, form: null, facts: { token } } as const;
      this.#trials.push({ participant, probe, ...words, ...outcome(result) });
      return result.result !== 'accepted';
    };
    if (!seen('forged') && !(await control('forged'))) return false;
    if (!seen('missing') && !(await control('missing'))) return false;
    if (key === null || this.#left <= toMakeSure) return this.#left > toMakeSure;
    const again = await this.#try(same);
    if (again !== null) this.#trials.push(this.#trial(same, again));
    return again?.result === 'rejected';
  }

  #apart(): Situation['apart'] {
    const { attempts, refused } = this.#subject;
    const token = (name: Attempt['token']) => (a: Attempt) => a.token === name;
    const own = attempts
      .filter(token('genuine'))
      .filter((a) => a.result === 'rejected' && a.tokenType === refused.type);
    const trials = (name: string): Trial[] =>
      this.#trials.filter((t) => t.vary === 'nothing' && t.facts.token === name);
    const forged = [...attempts.filter(token('forged')), ...trials('forged')];
    const again = trials('genuine');
    const [mine] = own;
    const [fake] = forged;
    if (refused.key === null || mine === undefined || fake === undefined) return null;
    if (!toldApart(own, { forged, missing: [], again })) return null;
    return { genuine: mine, forged: fake };
  }

  /** Whether it ends here: something was proved, or it became clear that nothing can be. */
  async #wave(wave: readonly Experiment[]): Promise<boolean> {
    const results = await Promise.all(wave.map((experiment) => this.#try(experiment)));
    let over = false;
    for (const [index, experiment] of wave.entries()) {
      const result = results[index] ?? null;
      if (result === null) {
        over = true;
        continue;
      }
      this.#silent = result.result === 'inconclusive' ? this.#silent + 1 : 0;
      if (result.result !== 'accepted') this.#trials.push(this.#trial(experiment, result));
      else if (over) this.#trials.push(this.#unproved(experiment, result, 'accepted too'));
      else over = await this.#accepted(experiment, result);
    }
    return over;
  }

  /** Makes sure that an acceptance is due to the change, and not to chance or to a verifier that takes anything. */
  async #accepted(experiment: Experiment, result: ProbeResult): Promise<boolean> {
    const { refused, now } = this.#subject;
    const same = refused.key === null ? null : unchanged({ ...refused, key: refused.key });
    // One after the other and in this order: replicas in turn, however many are right, contradict one of them.
    for (const expected of ['accepted', 'rejected', 'accepted', 'rejected', 'rejected'] as const) {
      const tried = expected === 'accepted' ? experiment : same;
      if (tried === null) continue;
      const again = await this.#try(tried);
      if (again?.result === expected) continue;
      if (again !== null && tried === same) this.#trials.push(this.#trial(same, again));
      this.#trials.push(this.#unproved(experiment, result, 'accepted, but not by that alone'));
      return again === null || tried === same;
    }
    if (experiment.vary !== 'key') {
      const forged = await this.#ask(await mintFor(experiment, now(), true));
      if (forged === null || forged.result === 'accepted') {
        this.#trials.push(this.#unproved(experiment, result, 'accepted, but so is a forged one'));
        return forged === null;
      }
    }
    this.#trials.push(this.#trial(experiment, result));
    for (const finer of experiment.finer ?? []) {
      const told = await this.#try(finer);
      if (told === null) break;
      this.#trials.push(this.#trial(finer, told));
      if (told.result === 'accepted') break;
    }
    return true;
  }

  async #try(experiment: Experiment): Promise<ProbeResult | null> {
    return this.#ask(await mintFor(experiment, this.#subject.now()));
  }

  async #ask(token: Secret | null): Promise<ProbeResult | null> {
    if (this.#left <= 0) return null;
    this.#left -= 1;
    return this.#subject.present(token);
  }

  #trial({ vary, text, form, facts }: Experiment, result: ProbeResult): Trial {
    const { participant, probe } = this.#subject;
    return { participant, probe, vary, text, form, facts, ...outcome(result) };
  }

  #unproved(experiment: Experiment, result: ProbeResult, why: string): Trial {
    return {
      ...this.#trial(experiment, result),
      result: 'inconclusive',
      detail: `${why} (${result.detail})`,
    };
  }
}

const outcome = ({ result, status, closeCode, detail, said }: ProbeResult) => ({
  result,
  status,
  closeCode,
  detail,
  said,
});
