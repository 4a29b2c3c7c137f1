import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RotationSettings } from '../config/rotation-schema.js';
import type { ExitCode, ReadError } from '../model.js';
import type { Outcome } from '../observe/network/network.js';
import type { SecretPermission } from '../observe/sources/google/permissions.js';
import { saltedHashOf } from '../secret/fingerprint.js';
import { Secret } from '../secret/secret.js';
import { saltFor } from './adopt.js';
import { gateFor, planFor } from './advance-rotation.js';
import { carryOut, type Stop, type TaskEnd } from './carry-out.js';
import { evaluate } from './evaluate.js';
import type { Gate, GateResult } from './gate.js';
import type { KeyUse } from './key-use.js';
import type { KeyQuestions } from './observe-keys.js';
import { SecretReader, type SecretState } from './read-secret.js';
import { rightsFor } from './rights.js';
import type { Plan, RotateCommand, Situation } from './rotation-plan.js';
import { isOpen, type RotationRecord, termsOf } from './rotation-record.js';
import type { RotationStore } from './rotation-store.js';
import type { Rollout, Step, Task } from './steps.js';
import type { SecretView } from './transitions.js';

/** What is to be done. */
export interface RotationRun {
  readonly command: RotateCommand;
  /** Write and run; otherwise only say what would be written and run. */
  readonly apply: boolean;
  /** Keep checking until the gate holds, for so many milliseconds; `null`: no longer than a second check takes. */
  readonly waitMs: number | null;
  /** Milliseconds between two checks. */
  readonly intervalMs: number;
  readonly trusts: readonly string[];
  readonly isCutover: boolean;
}

/** What one check is to see, beside the verdict on the whole. */
export interface Asked extends Omit<KeyQuestions, 'verdict'> {
  /** The version that the reference has to have for a check as a whole; `null`: no verdict is needed. */
  readonly checkedVersion: number | null;
}

/** Everything around a rotation. */
export interface RotationContext {
  readonly store: RotationStore;
  readonly settings: RotationSettings;
  /** Random bytes of a new key. */
  readonly bytes: number;
  readonly rollouts: readonly Rollout[];
  readonly tokenTypes: readonly string[];
  readonly now: () => Date;
  /** Aborted by an interruption. */
  readonly signal: AbortSignal;
  /** The version that the reference shows; `null` where it cannot be read. */
  inUse(): Promise<number | null>;
  observe(asked: Asked): Promise<KeyUse>;
  runTask(task: Task): Promise<TaskEnd>;
  onStep(step: Step): Promise<void>;
  /** Called with the secret whenever it was read. */
  onRead(view: SecretView): void;
  /** Called where it will check again. */
  onWaiting(gate: Extract<GateResult, { holds: false }>, until: number): Promise<void>;
}

/** What came of a command. */
export interface RotationResult {
  /** The secret as it is now; `null` where it could not be read. */
  readonly view: SecretView | null;
  /** Of the last check; `null` where none was needed. */
  readonly gate: GateResult | null;
  /** The record that the gate belongs to. */
  readonly gateRecord: RotationRecord | null;
  /** The last check itself. */
  readonly use: KeyUse | null;
  /** The plan; `null` where the secret could not be read. */
  readonly plan: Plan | null;
  /** The steps that would be taken once the gate holds, where it does not yet. */
  readonly foreseen: readonly Step[];
  readonly done: readonly Step[];
  readonly stop: Stop | null;
  readonly missing: readonly SecretPermission[];
  /** Versions whose payload could not be read. */
  readonly unread: SecretState['unread'];
  readonly exitCode: Extract<ExitCode, 0 | 1 | 2 | 3>;
}

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
      if (read.is !== 'read') return this.#unreadable(read);
      this.#context.onRead(read.state.view);
      const looked = await this.#look(read.state);
      const { plan } = looked;
      if (plan.outcome.is === 'ready' && this.#run.apply) return this.#apply(looked);
      if (plan.outcome.is === 'waiting' && this.#run.apply && plan.steps.length > 0) {
        const applied = await this.#apply(looked);
        if (applied.stop !== null) return applied;
        looked.state = { ...looked.state, view: applied.view ?? looked.state.view };
      }
      const until = this.#againAt(plan, checks);
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
    const use = await this.#context.observe(this.#asked(state, gate));
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
    const { store, signal, runTask, onStep } = this.#context;
    const missing = await this.#missing(plan.steps);
    if (!missing.ok) return this.#result(looked, { stop: notRead(missing.error) });
    if (missing.value.length > 0) return this.#result(looked, { missing: missing.value });
    const carried = await carryOut(
      plan.steps,
      state,
      { store, reader: this.#reader, key: this.#key, signal, runTask, onStep },
      (view) => {
        const again = planFor(this.#situation(view, gate, { runs: view.record?.id ?? null }));
        if (again.outcome.is !== 'refused') return again;
        return { is: 'refused', message: again.outcome.message, hint: again.outcome.hint };
      },
    );
    this.#done = [...this.#done, ...carried.done];
    const after = { ...looked, state: carried.state, gateRecord: state.view.record };
    return this.#result(after, { stop: carried.stop });
  }

  /** Those of the permissions for this command, and for what comes later, that are not granted. */
  #missing(steps: readonly Step[]): Promise<Outcome<readonly SecretPermission[]>> {
    const { command } = this.#run;
    const needed = steps.some((step) => step.do !== 'run') ? rightsFor[command] : [];
    if (needed.length === 0) return Promise.resolve({ ok: true, value: [] });
    return this.#context.store.missingPermissions(needed);
  }

  /** When to check again; `null`: not at all. */
  #againAt({ outcome }: Plan, checks: number): number | null {
    const { waitMs, apply, intervalMs } = this.#run;
    const now = this.#context.now().getTime();
    const within = (at: number): number | null => (this.#end !== null && at <= this.#end ? at : null);
    if (outcome.is === 'refused')
      return outcome.until === undefined ? null : within(Math.max(now + 1, outcome.until));
    if (outcome.is !== 'waiting') return null;
    const { waitingFor } = outcome.gate;
    const confirmedAt = waitingFor.find(({ condition }) => condition === 'twice')?.until;
    if (confirmedAt !== undefined && waitingFor.every(({ condition }) => isOfTime(condition))) {
      const at = Math.max(now, confirmedAt) + 1;
      if (waitMs !== null) return within(at);
      // A gate is only ever proved by two checks: the second one belongs to the command.
      return apply && checks <= mostUnasked ? at : null;
    }
    return within(now + intervalMs);
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

  #unreadable(read: Exclude<Awaited<ReturnType<SecretReader['read']>>, { is: 'read' }>): RotationResult {
    const { message, hint = null } = read.is === 'failed' ? read.error : read;
    return {
      view: null,
      gate: null,
      gateRecord: null,
      use: null,
      plan: null,
      foreseen: [],
      done: this.#done,
      stop: { is: 'not-read', message, hint },
      missing: [],
      unread: [],
      exitCode: 3,
    };
  }

  #result(looked: Looked, more: Partial<Pick<RotationResult, 'stop' | 'missing'>>): RotationResult {
    const { state, gate, use, plan } = looked;
    const { stop = null, missing = [] } = more;
    return {
      view: state.view,
      gate,
      gateRecord: looked.gateRecord === undefined ? state.view.record : looked.gateRecord,
      use,
      plan,
      foreseen: plan.outcome.is === 'waiting' ? this.#foreseen(looked) : [],
      done: this.#done,
      stop,
      missing,
      unread: state.unread,
      exitCode: stop !== null || missing.length > 0 ? exitCodes[stop?.is ?? 'rights'] : plan.exitCode,
    };
  }

  #foreseen({ state: { view }, gate }: Looked): readonly Step[] {
    if (gate === null) return [];
    const { evidence, trusted, moved } = gate;
    const holding: GateResult = { holds: true, evidence, trusted, moved };
    const command = this.#run.command === 'status' ? 'plan' : this.#run.command;
    return planFor(this.#situation(view, holding, { command })).steps;
  }
}

/** What one look at the secret and the services led to. */
interface Looked {
  state: SecretState;
  readonly gate: GateResult | null;
  readonly use: KeyUse | null;
  readonly plan: Plan;
  /** The record before steps were carried out, where some were. */
  readonly gateRecord?: RotationRecord | null;
}

/** A command that writes makes so many more checks without `--wait`: to confirm, and one in case that comes too early. */
const mostUnasked = 3;

/** Only time is needed for it. */
const isOfTime = (condition: string): boolean => condition === 'twice' || condition === 'drained';

const exitCodes = {
  'not-read': 3,
  rights: 3,
  conflict: 3,
  write: 3,
  program: 3,
  refused: 1,
  interrupted: 3,
} as const satisfies Record<Stop['is'], ExitCode>;

const notRead = ({ message, hint }: ReadError): Stop => ({ is: 'not-read', message, hint: hint ?? null });

const interruptedWhileWaiting: Stop = {
  is: 'interrupted',
  message: 'Interrupted while waiting: nothing was left half done',
  hint: 'Run the command again: it continues from there.',
};

/** The rotation of a record, in the words of every text: `from version 7 to version 8`. */
export const spanOf = ({ from, to }: RotationRecord): string =>
  `from version ${from}${to === null ? '' : ` to version ${to}`}`;
