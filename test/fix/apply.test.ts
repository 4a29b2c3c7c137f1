import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/fix/action.js';
import { type ApplyContext, applyPlan } from '../../src/fix/apply.js';
import type { ActionEnd } from '../../src/fix/fixer.js';
import { planFix } from '../../src/fix/plan-fix.js';
import type { KnownParticipant, PlanInput } from '../../src/fix/plan-input.js';
import type { Finding, Report } from '../../src/model.js';
import { aFinding, aParticipant, aReport } from '../support/reports.js';

const right = '200718bd';
const old = '11111111';
const names = ['auth', 'backend', 'tests'] as const;
type Name = (typeof names)[number];

const service: KnownParticipant = {
  source: 'http',
  isService: true,
  yieldsSecret: false,
  rollout: { argv: ['restart'], digest: 'd', timeoutMs: 1000 },
  file: null,
};

/** Two services and a file that hold version 6 of a secret, and what is done to them. */
function stage() {
  const world = {
    holds: { auth: old, backend: old, tests: old } as Record<Name, string>,
    file: '1 1',
    version: '7',
    rotation: { is: 'none' } as PlanInput['rotation'],
    verdict: null as Report['verdict'] | null,
    more: [] as Finding[],
  };
  const done: string[] = [];
  const report = (): Report => {
    const behind = names.filter((name) => world.holds[name] === old);
    const isAgreed = names.every((name) => world.holds[name] === right) && world.more.length === 0;
    return aReport({
      verdict: world.verdict ?? (isAgreed ? 'consistent' : 'inconsistent'),
      exitCode: isAgreed ? 0 : 1,
      level: isAgreed ? 'INFO' : 'CRITICAL',
      reference: { participant: 'store', fingerprint: right, version: world.version },
      participants: [
        aParticipant('store', { role: 'reference', version: world.version }),
        ...names.map((name) =>
          aParticipant(name, { fingerprint: world.holds[name], agrees: world.holds[name] === right }),
        ),
      ],
      findings: [
        ...behind.map((name) =>
          aFinding('stale-secret-version', {
            participants: [name],
            evidence: { version: '6', current: world.version, fingerprint: old },
          }),
        ),
        ...world.more,
      ],
    });
  };
  const known = (): PlanInput => ({
    configuration: 'c',
    rotation: world.rotation,
    store: {
      follows: 'latest',
      etag: 'e',
      newest: Number(world.version),
      last: Number(world.version),
      aliases: new Map(),
      copies: new Map(),
    },
    allowsCommands: true,
    participants: new Map<string, KnownParticipant>([
      [
        'store',
        { source: 'google-secret-manager', isService: false, yieldsSecret: true, rollout: null, file: null },
      ],
      ['auth', service],
      ['backend', service],
      [
        'tests',
        {
          source: 'file',
          isService: false,
          yieldsSecret: true,
          rollout: null,
          file: { path: '.env', key: 'KEY', identity: world.file, obstacle: null },
        },
      ],
    ]),
  });
  const nameOf = ({ participant }: Action): Name => names.find((name) => name === participant) ?? 'auth';
  return {
    world,
    done,
    /** Makes the plan, carries it out, and returns what each action came to. */
    async apply(
      carryOut: (name: Name) => ActionEnd | undefined,
      context: Partial<ApplyContext> = {},
    ): Promise<{ is: string[]; applied: Awaited<ReturnType<typeof applyPlan>> }> {
      const before = report();
      let now = 0;
      const applied = await applyPlan(planFix(before, known()), before, {
        fixer: {
          check: async () => report(),
          readPlanInput: async () => known(),
          async carryOut(action) {
            const name = nameOf(action);
            done.push(name);
            const end = carryOut(name);
            if (end !== undefined) return end;
            world.holds[name] = right;
            return { ok: true, wrote: '', undo: [{ text: 'the way back' }] };
          },
        },
        signal: new AbortController().signal,
        // Every look at the clock takes a second.
        now: () => {
          now += 1000;
          return new Date(now);
        },
        waitMs: 5000,
        intervalMs: 1,
        consents: async () => 'yes',
        onAction: async () => {},
        onWaiting: async () => {},
        ...context,
      });
      return { is: applied.results.map(({ is }) => is), applied };
    },
  };
}

const went: ActionEnd = { ok: true, wrote: '', undo: [{ text: 'the way back' }] };

describe('carrying out a plan', () => {
  it('does one action after the other', async () => {
    const { apply, done } = stage();
    expect((await apply(() => undefined)).is).toEqual(['fixed', 'fixed', 'fixed']);
    expect(done).toEqual(['auth', 'backend', 'tests']);
  });

  it('stops where it got worse, with the way back', async () => {
    const { apply, done, world } = stage();
    const { is, applied } = await apply(() => {
      world.more = [aFinding('accepts-forged-token', { severity: 'critical', participants: ['auth'] })];
      return went;
    });
    expect(is).toEqual(['worse', 'not-begun', 'not-begun']);
    expect(applied.results[0]?.undo).toEqual([{ text: 'the way back' }]);
    expect(done).toEqual(['auth']);
  });

  it('stops where the finding is still there after the wait, or the check is inconclusive', async () => {
    const still = stage();
    expect((await still.apply(() => went)).is).toEqual(['not-fixed', 'not-begun', 'not-begun']);
    const unknown = stage();
    const { is } = await unknown.apply(() => {
      unknown.world.verdict = 'inconclusive';
      return went;
    });
    expect(is).toEqual(['unknown', 'not-begun', 'not-begun']);
  });

  it('waits for what takes its time', async () => {
    const { apply, world } = stage();
    const { is } = await apply((name) => (name === 'auth' ? went : undefined), {
      onWaiting: async () => {
        world.holds.auth = right;
      },
    });
    expect(is).toEqual(['fixed', 'fixed', 'fixed']);
  });

  it('stops where an action failed, and at an interruption', async () => {
    const failing = stage();
    const failed: ActionEnd = { ok: false, message: 'it ended with 3', hint: null };
    expect((await failing.apply(() => failed)).is).toEqual(['failed', 'not-begun', 'not-begun']);
    const ending = stage();
    const { signal, abort } = interruption();
    const { is } = await ending.apply(
      () => {
        abort();
        return failed;
      },
      { signal },
    );
    expect(is).toEqual(['interrupted', 'not-begun', 'not-begun']);
  });

  it('leaves out what has no consent', async () => {
    const { apply, done } = stage();
    const { is } = await apply(() => undefined, { consents: async () => 'no' });
    expect(is).toEqual(['fixed', 'fixed', 'not-allowed']);
    expect(done).toEqual(['auth', 'backend']);
  });

  it('leaves out what is fixed already', async () => {
    const { apply, world } = stage();
    const { is } = await apply(() => {
      world.holds.backend = right;
      return undefined;
    });
    expect(is).toEqual(['fixed', 'not-needed', 'fixed']);
  });
});

describe('an action whose plan is out of date after an earlier action', () => {
  it('is not begun where its file was changed', async () => {
    const { apply, world, done } = stage();
    const { is } = await apply((name) => {
      if (name === 'backend') world.file = '1 2';
      return undefined;
    });
    expect(is).toEqual(['fixed', 'fixed', 'not-begun']);
    expect(done).toEqual(['auth', 'backend']);
  });

  it('is not begun where the reference has another version', async () => {
    const { apply, world, done } = stage();
    const { is } = await apply(() => {
      world.version = '8';
      return undefined;
    });
    expect(is).toEqual(['fixed', 'not-begun', 'not-begun']);
    expect(done).toEqual(['auth']);
  });

  it('is not begun where a rotation was started, and not called unnecessary', async () => {
    const { apply, world, done } = stage();
    const { is } = await apply(() => {
      world.rotation = { is: 'open', state: 'staged', id: 'r' };
      return undefined;
    });
    expect(is).toEqual(['fixed', 'not-begun', 'not-begun']);
    expect(done).toEqual(['auth']);
  });
});

function interruption(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
