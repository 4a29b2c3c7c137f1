import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from '../observe/network/network.js';
import type { SecretPermission } from '../observe/sources/google/permissions.js';
import type { KeyUse } from '../rotation/key-use.js';
import { enteredAt, isOpen, type RotationRecord, termsOf } from '../rotation/rotation-record.js';
import { saltedHashOf } from '../secret/fingerprint.js';
import { Secret } from '../secret/secret.js';
import { saltFor } from './adopt.js';
import { gateFor, planFor } from './advance-rotation.js';
import { carryOut, type Stop, type Tools } from './carry-out.js';
import { WatchedCutover } from './cutover.js';
import type { Cutover } from './cutover-window.js';
import { evaluate } from './evaluate.js';
import type { Gate, GateResult } from './gate.js';
import { nextCheck } from './next-check.js';
import { SecretReader, type SecretState } from './read-secret.js';
import type { Asked, RotationContext, RotationResult, RotationRun } from './rotation-context.js';
import type { Situation } from './rotation-plan.js';
import { rightsFor } from './rotation-plan.js';
import {
  interruptedWhileWaiting,
  type Looked,
  notRead,
  type ResultMore,
  resultOf,
  unreadableResult,
} from './rotation-result.js';
import type { Step } from './steps.js';
import type { SecretView } from './transitions.js';

/** Checks that are remembered: more than any gate looks back. */
const mostUses = 500;

/** Carries out one command: read the secret, check where a gate asks for it, plan, and with `apply` write. */
export async function runRotation(run: RotationRun, context: RotationContext): Promise<RotationResult> {
  return new Running(run, context).run();
}

class Running {
  readonly #run: RotationRun;
  readonly #context: RotationContext;
  readonly #reader: SecretReader;
  readonly #key: Secret;
  readonly #salt = randomBytes(8).toString('hex');
  readonly #id = randomUUID();
  readonly #uses: KeyUse[] = [];
  readonly #end: number | null;
  #inUse: number | null = null;
  #done: Step[] = [];

  constructor(run: RotationRun, context: RotationContext) {
    this.#run = run;
    this.#context = context;
    this.#reader = new SecretReader(context.store, this.#salt);
    // Hexadecimal digits: no shell, dotenv file, YAML document or URL changes them.
    this.#key = new Secret(randomBytes(context.bytes).toString('hex'));
    this.#end = run.waitMs === null ? null : context.now().getTime() + run.waitMs;
  }

  async run(): Promise<RotationResult> {
    for (let checks = 1; ; checks += 1) {
      const read = await this.#reader.read();
      if (read.is !== 'read') return unreadableResult(read, this.#done);
      this.#context.onRead(read.state.view);
      const looked = await this.#look(read.state);
      const { plan } = looked;
      if (plan.outcome.is === 'ready' && this.#run.apply) return this.#apply(looked);
      if (plan.outcome.is === 'waiting' && this.#run.apply && plan.steps.length > 0) {
        const applied = await this.#apply(looked);
        if (applied.stop !== null) return applied;
        looked.state = { ...looked.state, view: applied.view ?? looked.state.view };
      }
      const until = nextCheck(plan.outcome, {
        run: this.#run,
        checks,
        now: this.#context.now().getTime(),
        end: this.#end,
      });
      if (until === null) return this.#show(looked);
      if (plan.outcome.is === 'waiting') await this.#context.onWaiting(plan.outcome.gate, until);
      const isInterrupted = await this.#sleep(until);
      if (isInterrupted) return this.#result(looked, { stop: interruptedWhileWaiting });
    }
  }

  /** Reads, checks where that decides, and plans. */
  async #look(state: SecretState): Promise<Looked> {
    const { command, trusts } = this.#run;
    const { settings, tokenTypes, now } = this.#context;
    const { record, aliases } = state.view;
    const hasAlias = aliases.has((isOpen(record) ? record.terms : settings).aliases.current);
    if (!hasAlias && record?.state !== 'idle') this.#inUse ??= await this.#context.inUse();
    const gate = gateFor(command, record);
    const unchecked = planFor(this.#situation(state.view, null));
    const isShown = command === 'plan' || command === 'status';
    const isAsked = unchecked.outcome.is === 'refused' && unchecked.outcome.reason === 'not-checked';
    if (gate === null || !(isAsked || (isShown && unchecked.outcome.is !== 'refused')))
      return { state, gate: null, use: null, plan: unchecked };
    const observed = await this.#context.observe(this.#asked(state, gate));
    const use = { ...observed, unread: state.unread.map(({ version }) => version) };
    this.#uses.push(use);
    if (this.#uses.length > mostUses) this.#uses.shift();
    const result = evaluate(gate, {
      uses: this.#uses,
      record,
      terms: isOpen(record) ? record.terms : termsOf(settings),
      tokenTypes,
      trusts,
      now: now().getTime(),
    });
    return { state, gate: result, use, plan: planFor(this.#situation(state.view, result)) };
  }

  #asked({ view: { record, aliases }, keys }: SecretState, gate: Gate): Asked {
    const needsVerdict = gate.checks.some(({ name }) => name === 'consistent');
    const current = aliases.get(this.#context.settings.aliases.current);
    const inUse = current ?? (record?.state === 'idle' ? record.from : this.#inUse);
    if (!isOpen(record) || record.to === null)
      return { keys, valid: [], retired: null, checkedVersion: needsVerdict ? inUse : null };
    const { from, to, state, mode, times } = record;
    const replacedAt = Date.parse(times.promoted ?? times.revoked ?? times.opened);
    const retired = { version: from, replacedAt };
    if (state === 'revoked') return { keys, valid: [to], retired, checkedVersion: null };
    // In a cutover the old key may be rejected or not: its tokens come last.
    if (mode === 'cutover')
      return { keys, valid: [to], retired: { version: from, replacedAt: null }, checkedVersion: null };
    return { keys, valid: [from, to], retired: null, checkedVersion: null };
  }

  #situation(view: SecretView, gate: GateResult | null, more: Partial<Situation> = {}): Situation {
    const { command, trusts, isCutover } = this.#run;
    const { settings, rollouts, tokenTypes, bytes, now } = this.#context;
    const salt = saltFor(view.record, this.#salt);
    return {
      command,
      view,
      gate,
      settings,
      rollouts,
      key: { id: this.#id, salt, hash: saltedHashOf(this.#key, salt), bytes },
      inUse: this.#inUse,
      tokenTypes,
      trusts,
      isCutover,
      runs: null,
      now: now().getTime(),
      ...more,
    };
  }

  /** A dry run says what is missing, too. */
  async #show(looked: Looked): Promise<RotationResult> {
    if (this.#run.apply || looked.plan.outcome.is !== 'ready') return this.#result(looked, {});
    const missing = await this.#missing(looked.plan.steps);
    return this.#result(looked, { missing: missing.ok ? missing.value : [] });
  }

  async #apply(looked: Looked): Promise<RotationResult> {
    const { state, gate, plan } = looked;
    const { onStep } = this.#context;
    const missing = await this.#missing(plan.steps);
    if (!missing.ok) return this.#result(looked, { stop: notRead(missing.error) });
    if (missing.value.length > 0) return this.#result(looked, { missing: missing.value });
    let cutover: WatchedCutover | null = null;
    const isWatched =
      plan.outcome.is === 'ready' && this.#run.command !== 'rollback' && isRolledOut(plan.steps);
    const begun = this.#context.now().getTime();
    const carried = await carryOut(
      plan.steps,
      state,
      {
        ...this.#tools(),
        onStep: async (step) => {
          await onStep(step);
          const record = step.do === 'update' ? step.record : state.view.record;
          if (isWatched && isCutover(record))
            cutover ??= new WatchedCutover(
              record,
              this.#cutoverKeys(record, state),
              this.#context,
              this.#run.intervalMs,
            );
        },
      },
      (view) => this.#replan(view, gate),
    );
    this.#done = [...this.#done, ...carried.done];
    const after = { ...looked, state: carried.state, gateRecord: state.view.record };
    const watched: WatchedCutover | null = cutover;
    if (watched === null) return this.#result(after, { stop: carried.stop, left: carried.left });
    return this.#converge(watched, { ...after, left: carried.left }, { stop: carried.stop, begun });
  }

  #tools(): Tools {
    const { store, signal, runTask, onStep } = this.#context;
    return { store, reader: this.#reader, key: this.#key, signal, runTask, onStep };
  }

  #replan(view: SecretView, gate: GateResult | null): { readonly steps: readonly Step[] } | Stop {
    const again = planFor(this.#situation(view, gate, { runs: view.record?.id ?? null }));
    if (again.outcome.is !== 'refused') return again;
    return { is: 'refused', message: again.outcome.message, hint: again.outcome.hint };
  }

  /** The version was added just now, perhaps. */
  #cutoverKeys({ to }: RotationRecord, { keys }: SecretState): ReadonlyMap<number, Secret> {
    return to === null || keys.has(to) ? keys : new Map([...keys, [to, this.#key]]);
  }

  /** Waits until every service uses the new key; where that takes longer than the patience, the old one is brought back. */
  async #converge(
    watched: WatchedCutover,
    looked: Looked,
    { stop, begun }: { readonly stop: Stop | null; readonly begun: number },
  ): Promise<RotationResult> {
    const { record } = looked.state.view;
    const gate = gateFor('next', record);
    if (stop !== null || record === null || gate === null) {
      await watched.end();
      return this.#result(looked, { stop });
    }
    const { now, signal, tokenTypes } = this.#context;
    const { trusts } = this.#run;
    const { result, window } = await watched.converge({
      evaluate: (uses) =>
        evaluate(gate, { uses, record, terms: record.terms, tokenTypes, trusts, now: now().getTime() }),
      // One that was interrupted is given its time again: its programs have run only now.
      isOver: () => now().getTime() > Math.max(enteredAt(record), begun) + record.terms.patience,
    });
    const cutover = { window, converged: result.holds };
    const shown = { ...looked, use: watched.uses.at(-1) ?? looked.use, gate: result, gateRecord: record };
    if (result.holds) return this.#result(shown, { cutover });
    if (signal.aborted) return this.#result(shown, { stop: interruptedWhileWaiting, cutover });
    return this.#undo(shown, cutover);
  }

  async #undo(looked: Looked, cutover: Cutover): Promise<RotationResult> {
    const back = planFor(this.#situation(looked.state.view, null, { command: 'rollback' }));
    const carried = await carryOut(back.steps, looked.state, this.#tools(), () => back);
    this.#done = [...this.#done, ...carried.done];
    const stop: Stop = carried.stop ?? {
      is: 'not-converged',
      message:
        'not every service took the new key over within rotation.patience: the old version is in use again',
      hint: 'See what the last check saw. Fix the rollout of the services that kept the old key, then start again.',
    };
    return this.#result({ ...looked, state: carried.state }, { stop, cutover });
  }

  /** Those of the permissions for this command, and for what comes later, that are not granted. */
  #missing(steps: readonly Step[]): Promise<Outcome<readonly SecretPermission[]>> {
    const { command } = this.#run;
    const needed = steps.some((step) => step.do !== 'run') ? rightsFor[command] : [];
    if (needed.length === 0) return Promise.resolve({ ok: true, value: [] });
    return this.#context.store.missingPermissions(needed);
  }

  /** Whether it was interrupted. */
  async #sleep(until: number): Promise<boolean> {
    const { signal, now } = this.#context;
    try {
      await delay(Math.max(0, until - now().getTime()), undefined, { signal });
      return false;
    } catch {
      return true;
    }
  }

  #result(looked: Looked, more: ResultMore): RotationResult {
    const foreseen = looked.plan.outcome.is === 'waiting' ? this.#foreseen(looked) : [];
    return resultOf(looked, { foreseen, done: this.#done, ...more });
  }

  #foreseen({ state: { view }, gate }: Looked): readonly Step[] {
    if (gate === null) return [];
    const { evidence, trusted, moved } = gate;
    const holding: GateResult = { holds: true, evidence, trusted, moved };
    const command = this.#run.command === 'status' ? 'plan' : this.#run.command;
    return planFor(this.#situation(view, holding, { command })).steps;
  }
}

/** The services of a cutover are between the two keys. */
const isCutover = (record: RotationRecord | null): record is RotationRecord =>
  record?.mode === 'cutover' && record.state === 'promoted';

/** Whether these steps roll a cutover out, from its beginning or from where it was interrupted. */
const isRolledOut = (steps: readonly Step[]): boolean =>
  steps.some((step) => step.do === 'update' && isCutover(step.record));
