import { rotation } from '../../../src/config/rotation-schema.js';
import { gateFor, planFor } from '../../../src/rotate/advance-rotation.js';
import { evaluate } from '../../../src/rotate/evaluate.js';
import type { Gate } from '../../../src/rotate/gate.js';
import type { RotateCommand } from '../../../src/rotate/rotation-plan.js';
import { viewAfter } from '../../../src/rotate/stages.js';
import type { KeyUse } from '../../../src/rotation/key-use.js';
import type { RotationState } from '../../../src/rotation/rotation-record.js';
import { termsOf } from '../../../src/rotation/rotation-record.js';
import { type AliasFilter, Fleet, randomFrom, type ServicePlan, SimulatedSecret, tick } from './fleet.js';

export interface Scenario {
  readonly seed: number;
  readonly services: readonly ServicePlan[];
  /** The configuration does not say how long refresh tokens live. */
  readonly isLifeUnknown?: boolean;
  readonly aliases?: ReadonlyMap<string, number>;
  /** What services get of the aliases that are written; all of them by default. */
  readonly seen?: AliasFilter;
  /** Of the configuration; longer by default than a change of an alias takes to arrive. */
  readonly settle?: number;
  /** Goes back this many steps once promoted. */
  readonly goesBack?: number;
}

export type GateName = RotationState | 'start' | 'rollback';

/** A part of the gates that is left out, to see what it is good for. */
export interface Mutation {
  /** Of which state's gate; `start` is the first. */
  /** `every`: the condition is left out of each gate that has it. */
  readonly gate: GateName | 'every';
  /** Names of conditions; `all` of them, or `twice`. */
  readonly without: string;
}

export interface End {
  /** The first wrong thing that happened. */
  readonly wrong: string | null;
  readonly state: RotationState | null;
  readonly versions: number;
  /** The latest reason for which it did not go on. */
  readonly stopped: string;
}

/** Of access tokens; the same whether or not the configuration knows it. */
const life = 600_000;
const configured = rotation.parse({ drain: { access: '600s' }, skew: '0s', settle: '60s' });

/** Ticks of a rotation that meets no obstacle are about 250; one that is stuck need not be watched for longer. */
const longest = 600;

/** A whole rotation of a simulated fleet, driven by the gates and the planner alone. */
export function simulate(scenario: Scenario, mutation?: Mutation): End {
  const random = randomFrom(scenario.seed);
  const settings = { ...configured, settle: scenario.settle ?? configured.settle };
  const secret = new SimulatedSecret(
    {
      record: null,
      aliases: scenario.aliases ?? new Map([['current', 2]]),
      versions: [1, 2].map((number) => ({ number, state: 'ENABLED', hash: null })),
    },
    scenario.seen,
  );
  const fleet = new Fleet(scenario.services, secret, { life, random });
  const end = (wrong: string | null): End => ({
    wrong,
    state: secret.view.record?.state ?? null,
    versions: secret.view.versions.length,
    stopped,
  });
  let stopped = '';
  let uses: KeyUse[] = [];
  let check: ((now: number) => KeyUse | null) | null = null;
  let nextCommand = 100_000;
  let back = scenario.goesBack ?? 0;
  let isForward = true;
  for (let count = 0; count < longest; count += 1) {
    const now = 1_800_000_000_000 + count * tick;
    const since = count * tick;
    fleet.live(now);
    const outage = fleet.outage(now);
    if (outage !== null) return end(outage);
    if (since < nextCommand) continue;
    const { record } = secret.view;
    const keys = { from: record?.from ?? 2, to: record?.to ?? null };
    check ??= fleet.check(keys);
    const use = check(now);
    if (use === null) continue;
    check = null;
    nextCommand = since + tick + random() ** 2 * 60_000;
    // Another process: it remembers no checks.
    if (random() < 0.1) uses = [];
    uses = [...uses.slice(-9), use];
    if (record?.state === 'promoted' && back > 0) isForward = false;
    if (back === 0) isForward = true;
    const isIdle = record === null || record.state === 'idle';
    const command: RotateCommand = isForward ? (isIdle ? 'start' : 'next') : 'rollback';
    const gate = gateFor(command, record);
    const isStart = command === 'start';
    const result =
      gate === null
        ? null
        : evaluate(
            mutation === undefined
              ? gate
              : mutated(gate, isStart ? 'start' : isForward ? record?.state : 'rollback', mutation),
            {
              uses,
              record,
              terms: record === null || isStart ? termsOf(settings) : record.terms,
              tokenTypes: scenario.isLifeUnknown === true ? ['access', 'refresh'] : ['access'],
              trusts: [],
              now,
            },
          );
    const plan = planFor({
      command,
      view: secret.view,
      gate: result,
      settings: scenario.isLifeUnknown === true ? { ...settings, drain: {} } : settings,
      rollouts: [],
      key: { id: 'ours', salt: '0011223344556677', hash: 'aaaaaaaaaaaaaaaa', bytes: 32 },
      inUse: 2,
      tokenTypes: ['access'],
      trusts: [],
      isCutover: false,
      runs: null,
      now,
    });
    const { outcome } = plan;
    if (outcome.is === 'refused') stopped = outcome.reason;
    if (outcome.is === 'waiting') stopped = outcome.gate.waitingFor.map(({ condition }) => condition).join();
    for (const step of plan.steps)
      secret.write(viewAfter(secret.view, step, { hash: 'aaaaaaaaaaaaaaaa' }), now);
    if (outcome.is === 'ready') {
      uses = [];
      if (!isForward) back -= 1;
    }
    const after = secret.view.record;
    if (after?.state === 'finished' && outcome.is === 'done') {
      if (fleet.opensWith(after.from, now)) return end(`a verifier still accepts version ${after.from}`);
      // Restarts show what a service can no longer read.
      for (let more = 1; more <= 200; more += 1) {
        fleet.live(now + more * tick);
        const late = fleet.outage(now + more * tick);
        if (late !== null) return end(late);
      }
      return end(null);
    }
  }
  return end(null);
}

function mutated(gate: Gate, name: GateName | undefined, { gate: of, without }: Mutation): Gate {
  if (name !== of && of !== 'every') return gate;
  if (without === 'all') return { checks: [], isTwice: false, overall: [], movesTo: null };
  return {
    ...gate,
    checks: gate.checks.filter(({ name }) => name !== without),
    isTwice: gate.isTwice && without !== 'twice',
    overall: gate.overall.filter(({ name }) => name !== without),
  };
}
