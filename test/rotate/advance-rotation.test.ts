import { describe, expect, it } from 'vitest';
import { rotation } from '../../src/config/rotation-schema.js';
import { intentLease, saltFor } from '../../src/rotate/adopt.js';
import { gateFor, planFor } from '../../src/rotate/advance-rotation.js';
import type { GateResult } from '../../src/rotate/gate.js';
import { staleEtag } from '../../src/rotate/refusal.js';
import type { Plan, RotateCommand, Situation } from '../../src/rotate/rotation-plan.js';
import { viewAfter } from '../../src/rotate/stages.js';
import type { Step } from '../../src/rotate/steps.js';
import type { SecretView } from '../../src/rotate/transitions.js';
import { aliasesIn, type RotationRecord } from '../../src/rotation/rotation-record.js';
import { entry, minute, recordIn } from './support/uses.js';

const restart = ['kubectl', 'rollout', 'restart', 'deployment/auth'];
const settings = rotation.parse({
  drain: { access: '1h', refresh: 'reauthenticate' },
  hooks: { staged: [restart], promoted: [['one'], ['two']], revoked: [], finished: [['last']] },
});
const rollouts = ['auth', 'api'].map((participant) => ({
  participant,
  run: ['restart', participant],
  timeout: minute,
}));
const ours = 'aaaaaaaaaaaaaaaa';
const key = { id: 'r1', salt: '0011223344556677', hash: ours, bytes: 32 };

const holds: GateResult = { holds: true, evidence: [], trusted: [], moved: null };
const waits = (refuted: boolean, movedAt: number | null = null): GateResult => ({
  holds: false,
  refuted,
  waitingFor: [],
  evidence: [],
  trusted: [],
  moved: { at: movedAt, lastSighting: null },
});

const version = (number: number, more: Partial<SecretView['versions'][number]> = {}) => ({
  number,
  state: 'ENABLED' as const,
  hash: null,
  ...more,
});

/** The secret in a state of the rotation from 7 to 8, everything in it done. */
function viewIn(record: RotationRecord | null, more: Partial<SecretView> = {}): SecretView {
  const aliases = new Map<string, number>([['blue', 3]]);
  const { current, next, previous } = aliasesIn(record?.state ?? 'idle', 7, record?.to ?? null);
  for (const [alias, number] of Object.entries({ current, next, previous }))
    if (number !== null) aliases.set(alias, number);
  const versions = [version(3), version(7), ...(record?.to == null ? [] : [version(8, { hash: ours })])];
  return { record, aliases, versions, ...more };
}

const plan = (command: RotateCommand, view: SecretView, more: Partial<Situation> = {}): Plan =>
  planFor({
    command,
    view,
    gate: holds,
    settings,
    rollouts,
    key,
    inUse: 7,
    tokenTypes: ['access', 'refresh'],
    trusts: [],
    isCutover: false,
    runs: null,
    now: entry,
    ...more,
  });

const aliasText = (aliases: ReadonlyMap<string, number>): string =>
  [...aliases].map(([alias, number]) => `${alias}=${number}`).join(',');

/** A step in words. */
function word(step: Step): string {
  switch (step.do) {
    case 'update': {
      const { why, record, aliases } = step;
      const noted = why === 'progress' ? ` ${record.done.at(-1) ?? record.movedAt}` : '';
      return `${why} ${record.state} ${aliasText(aliases)}${noted}`;
    }
    case 'add-version':
      return `add ${step.expected} (${step.bytes} bytes)`;
    case 'disable-version':
      return `disable ${step.version} (${step.why})`;
    case 'run':
      return `run ${step.task}: ${step.argv.join(' ')}`;
  }
}

const words = (steps: readonly Step[]): string[] => steps.map(word);

const hooksDone = (...done: string[]) => ({ done });
const staged = recordIn('staged', hooksDone('hook:staged:0'));
const promoted = recordIn('promoted', hooksDone('hook:promoted:0', 'hook:promoted:1'));
const revoked = recordIn('revoked');
const finished = recordIn('finished', hooksDone('hook:finished:0'));
const disabled7 = [version(3), version(7, { state: 'DISABLED' }), version(8, { hash: ours })];

describe('a rotation, step by step', () => {
  it.each<[string, RotateCommand, SecretView, Partial<Situation>, string[]]>([
    [
      'start',
      'start',
      viewIn(null),
      {},
      [
        'intent idle blue=3,current=7',
        'add 8 (32 bytes)',
        'state staged blue=3,current=7,next=8,previous=7',
        `run hook:staged:0: ${restart.join(' ')}`,
        'progress staged blue=3,current=7,next=8,previous=7 hook:staged:0',
      ],
    ],
    [
      'promote',
      'next',
      viewIn(staged),
      {},
      [
        'state promoted blue=3,current=8,next=8,previous=7',
        'run hook:promoted:0: one',
        'progress promoted blue=3,current=8,next=8,previous=7 hook:promoted:0',
        'run hook:promoted:1: two',
        'progress promoted blue=3,current=8,next=8,previous=7 hook:promoted:1',
      ],
    ],
    ['revoke', 'next', viewIn(promoted), {}, ['state revoked blue=3,current=8']],
    [
      'finish',
      'next',
      viewIn(revoked),
      {},
      [
        'state finished blue=3,current=8',
        'disable 7 (retired)',
        'run hook:finished:0: last',
        'progress finished blue=3,current=8 hook:finished:0',
      ],
    ],
    [
      'another one, after a finished one',
      'start',
      viewIn(finished, { versions: disabled7 }),
      { inUse: null, key: { ...key, id: 'r2', hash: 'bbbbbbbbbbbbbbbb' } },
      [
        'intent idle blue=3,current=8',
        'add 9 (32 bytes)',
        'state staged blue=3,current=8,next=9,previous=8',
        `run hook:staged:0: ${restart.join(' ')}`,
        'progress staged blue=3,current=8,next=9,previous=8 hook:staged:0',
      ],
    ],
    [
      'a secret without aliases',
      'start',
      viewIn(null, { aliases: new Map() }),
      { settings: { ...settings, hooks: { ...settings.hooks, staged: [] } } },
      ['intent idle ', 'add 8 (32 bytes)', 'state staged current=7,next=8,previous=7'],
    ],
    [
      'roll back from promoted',
      'rollback',
      viewIn(promoted),
      {},
      [
        'state staged blue=3,current=7,next=8,previous=7',
        `run hook:staged:0: ${restart.join(' ')}`,
        'progress staged blue=3,current=7,next=8,previous=7 hook:staged:0',
      ],
    ],
    ['roll back from staged', 'rollback', viewIn(staged), {}, ['state idle blue=3,current=7']],
    [
      'roll back from revoked',
      'rollback',
      viewIn(revoked),
      { settings: { ...settings, hooks: { ...settings.hooks, promoted: [] } } },
      ['state promoted blue=3,current=8,next=8,previous=7'],
    ],
    [
      'roll back from finished, before anything was disabled',
      'rollback',
      viewIn(finished),
      {},
      ['state revoked blue=3,current=8'],
    ],
    [
      'emergency',
      'emergency',
      viewIn(null),
      { gate: null },
      [
        'intent idle blue=3,current=7',
        'add 8 (32 bytes)',
        'state revoked blue=3,current=8',
        ...[
          'hook:promoted:0: one',
          'hook:promoted:1: two',
          'rollout:auth: restart auth',
          'rollout:api: restart api',
        ].flatMap((task) => [
          `run ${task}`,
          `progress revoked blue=3,current=8 ${task.slice(0, task.lastIndexOf(':'))}`,
        ]),
      ],
    ],
    [
      'emergency while staged',
      'emergency',
      viewIn(staged),
      { gate: null, settings: rotation.parse({}), rollouts: [] },
      ['state revoked blue=3,current=8'],
    ],
    [
      'emergency while promoted',
      'emergency',
      viewIn(promoted),
      { gate: null, settings: rotation.parse({}), rollouts: [] },
      ['state revoked blue=3,current=8'],
    ],
    [
      'cutover',
      'start',
      viewIn(null),
      { isCutover: true, settings: rotation.parse({}) },
      [
        'intent idle blue=3,current=7',
        'add 8 (32 bytes)',
        'state promoted blue=3,current=8,next=8,previous=7',
        'run rollout:auth: restart auth',
        'progress promoted blue=3,current=8,next=8,previous=7 rollout:auth',
        'run rollout:api: restart api',
        'progress promoted blue=3,current=8,next=8,previous=7 rollout:api',
      ],
    ],
    [
      'undo a cutover',
      'rollback',
      viewIn(recordIn('promoted', { mode: 'cutover', done: ['rollout:auth'] })),
      { settings: rotation.parse({}) },
      [
        'state idle blue=3,current=7',
        'run rollout:auth: restart auth',
        'progress idle blue=3,current=7 rollout:auth',
        'run rollout:api: restart api',
        'progress idle blue=3,current=7 rollout:api',
      ],
    ],
  ])('%s', (_, command, view, more, expected) => {
    const planned = plan(command, view, more);
    expect(words(planned.steps)).toEqual(expected);
    expect(planned).toMatchObject({ exitCode: 0, outcome: { is: 'ready' } });
  });

  it('plans what start, or what next, would do', () => {
    expect(plan('plan', viewIn(null)).steps).toEqual(plan('start', viewIn(null)).steps);
    expect(plan('plan', viewIn(staged)).steps).toEqual(plan('next', viewIn(staged)).steps);
  });

  it('gives programs the state and the versions, and no key', () => {
    const [, hook] = plan('next', viewIn(staged)).steps;
    expect(hook).toEqual({
      do: 'run',
      task: 'hook:promoted:0',
      argv: ['one'],
      timeoutMs: 5 * minute,
      env: {
        JWTCHECK_ROTATION_STATE: 'promoted',
        JWTCHECK_ROTATION_FROM: '7',
        JWTCHECK_ROTATION_TO: '8',
      },
    });
  });

  it('writes the intent with hash and newest version, and the state with its time and trusts', () => {
    const [intent, , state] = plan('start', viewIn(null), { trusts: ['legacy'] }).steps;
    const now = new Date(entry).toISOString();
    expect(intent).toMatchObject({
      record: { id: 'r1', to: null, intent: { newest: 7, hashes: [ours], salt: key.salt, at: now } },
    });
    expect(state).toMatchObject({
      record: { from: 7, to: 8, times: { opened: now, staged: now }, trusts: ['legacy'] },
    });
  });

  it.each<[RotateCommand, SecretView, Partial<Situation>, string[]]>([
    ['start', viewIn(null), {}, []],
    ['start', viewIn(null), { isCutover: true }, ['access', 'refresh']],
    ['emergency', viewIn(staged), { gate: null }, ['access', 'refresh']],
    ['next', viewIn(staged), {}, []],
    ['next', viewIn(promoted), {}, ['refresh']],
    ['rollback', viewIn(promoted), {}, []],
  ])('names whose users are signed out: %s', (command, view, more, expected) => {
    expect(plan(command, view, more).signsOut).toEqual(expected);
  });
});

describe('a gate that does not hold', () => {
  it.each<[RotateCommand, SecretView]>([
    ['plan', viewIn(null)],
    ['start', viewIn(null)],
    ['next', viewIn(staged)],
    ['status', viewIn(staged)],
    ['rollback', viewIn(recordIn('staged', hooksDone('hook:staged:0')))],
  ])('stops %s', (command, view) => {
    expect(plan(command, view, { gate: waits(false) })).toMatchObject({
      steps: [],
      exitCode: 3,
      outcome: { is: 'waiting' },
    });
    expect(plan(command, view, { gate: waits(true) })).toMatchObject({ steps: [], exitCode: 1 });
  });

  it('stops where it was not looked at', () => {
    expect(plan('next', viewIn(staged), { gate: null })).toMatchObject({
      exitCode: 3,
      outcome: { reason: 'not-checked' },
    });
  });

  it('remembers since when the issuers have moved, and forgets it after a sighting', () => {
    const at = new Date(entry).toISOString();
    const waiting = plan('next', viewIn(promoted), { gate: waits(false, entry) });
    expect(words(waiting.steps)).toEqual([
      `progress promoted blue=3,current=8,next=8,previous=7 hook:promoted:1`,
    ]);
    expect(waiting.steps).toMatchObject([{ record: { movedAt: at } }]);
    const moved = { ...promoted, movedAt: at };
    expect(plan('next', viewIn(moved), { gate: waits(false, entry) }).steps).toEqual([]);
    expect(plan('next', viewIn(moved), { gate: waits(true) }).steps).toMatchObject([
      { record: { movedAt: null } },
    ]);
  });

  it('does not stop what was begun: hooks, and the disabling at the end', () => {
    const half = recordIn('promoted', hooksDone('hook:promoted:0'));
    expect(words(plan('next', viewIn(half), { gate: waits(true) }).steps)).toEqual([
      'run hook:promoted:1: two',
      'progress promoted blue=3,current=8,next=8,previous=7 hook:promoted:1',
    ]);
    expect(words(plan('next', viewIn(finished), { gate: null }).steps)).toEqual(['disable 7 (retired)']);
  });

  it('says where it stands', () => {
    const half = viewIn(recordIn('promoted', hooksDone('hook:promoted:0')));
    expect(plan('status', half)).toMatchObject({
      steps: [],
      exitCode: 3,
      outcome: { message: 'The step to promoted is not finished: `jwtcheck rotate next` runs what is left' },
    });
    expect(plan('status', viewIn(staged))).toMatchObject({
      exitCode: 0,
      outcome: { message: 'The gate holds: the next step may be taken' },
    });
    expect(plan('status', viewIn(finished, { versions: disabled7 }), { gate: null })).toMatchObject({
      exitCode: 0,
      outcome: { message: 'Rotation r1 is finished' },
    });
  });

  it('has a gate for every command that takes a step', () => {
    expect(gateFor('emergency', staged)).toBeNull();
    expect(gateFor('next', finished)).toBeNull();
    expect(gateFor('rollback', promoted)).toBeNull();
    expect(gateFor('plan', null)?.checks.map(({ name }) => name)).toEqual([
      'consistent',
      'verifiers-proved',
      'no-latest',
    ]);
    expect(gateFor('status', staged)?.isTwice).toBe(true);
  });
});

describe('a refusal', () => {
  const idle = recordIn('idle');
  const foreign = version(9, { hash: 'cccccccccccccccc' });

  it.each<[string, RotateCommand, SecretView, Partial<Situation>, string, number]>([
    ['start while one is open', 'start', viewIn(staged), {}, 'open-rotation', 1],
    ['next without one', 'next', viewIn(null), {}, 'no-rotation', 2],
    ['next after an intent alone', 'next', viewIn(idle), {}, 'no-rotation', 2],
    ['next --cutover in another mode', 'next', viewIn(staged), { isCutover: true }, 'wrong-mode', 2],
    ['another rotation than before', 'next', viewIn(staged), { runs: 'r0' }, 'other-rotation', 3],
    ['a rotation that vanished', 'next', viewIn(null), { runs: 'r1' }, 'other-rotation', 3],
    [
      'a version that is newer than the one in use',
      'start',
      viewIn(null, { versions: [version(7), foreign] }),
      {},
      'strangers-version',
      1,
    ],
    [
      "another program's version after the intent",
      'start',
      viewIn(idle, { versions: [version(7), foreign] }),
      {},
      'strangers-version',
      1,
    ],
    [
      "another program's version beside ours",
      'start',
      viewIn(idle, { versions: [version(7), version(8, { hash: ours }), foreign] }),
      {},
      'strangers-version',
      1,
    ],
    [
      "another program's version in the middle",
      'next',
      viewIn(staged, { versions: [version(7), version(8, { hash: ours }), foreign] }),
      {},
      'strangers-version',
      1,
    ],
    [
      'a version that cannot be read',
      'start',
      viewIn(idle, { versions: [version(7), version(8)] }),
      {},
      'unreadable-version',
      3,
    ],
    [
      'a version in use that is not known',
      'start',
      viewIn(null, { aliases: new Map() }),
      { inUse: null },
      'unreadable-version',
      3,
    ],
    [
      'a new version that was disabled',
      'next',
      viewIn(staged, { versions: [version(7), version(8, { state: 'DISABLED' })] }),
      {},
      'disabled-version',
      1,
    ],
    [
      'a new version that was destroyed',
      'next',
      viewIn(staged, { versions: [version(7), version(8, { state: 'DESTROYED' })] }),
      {},
      'disabled-version',
      1,
    ],
    [
      'aliases that were moved by hand',
      'next',
      viewIn(staged, { aliases: new Map([['current', 8]]) }),
      {},
      'aliases-changed',
      1,
    ],
    [
      'an alias on the version to be disabled',
      'next',
      viewIn(revoked, {
        aliases: new Map([
          ['current', 8],
          ['blue', 7],
        ]),
      }),
      {},
      'alias-on-retired-version',
      1,
    ],
    ['rollback of nothing', 'rollback', viewIn(null), {}, 'nothing-to-undo', 2],
    [
      'rollback after the end',
      'rollback',
      viewIn(finished, { versions: disabled7 }),
      {},
      'already-disabled',
      1,
    ],
    [
      'rollback to a version that was disabled by hand',
      'rollback',
      viewIn(promoted, { versions: disabled7 }),
      {},
      'already-disabled',
      1,
    ],
    [
      'rollback to a leaked key',
      'rollback',
      viewIn(recordIn('revoked', { mode: 'emergency' })),
      {},
      'key-has-leaked',
      1,
    ],
  ])('%s', (_, command, view, more, reason, exitCode) => {
    const refused = plan(command, view, more);
    expect(refused).toMatchObject({ steps: [], exitCode, outcome: { is: 'refused', reason } });
    expect(refused.outcome).toHaveProperty('hint', expect.stringMatching(/\S.*\.$|`$/));
  });

  it('says which alias stands for what', () => {
    const { outcome } = plan('next', viewIn(staged, { aliases: new Map([['current', 8]]) }));
    expect(outcome).toHaveProperty(
      'message',
      'Aliases were changed during the rotation: current stands for version 8 instead of version 7; next stands for no version instead of version 8; previous stands for no version instead of version 7',
    );
  });

  it('is what a stale etag leads to', () => {
    expect(staleEtag()).toMatchObject({ is: 'refused', reason: 'stale-etag' });
  });

  it('does not hold up an emergency', () => {
    const view = viewIn(staged, {
      aliases: new Map([['current', 8]]),
      versions: [version(7), version(8, { hash: ours }), foreign],
    });
    expect(plan('emergency', view, { gate: null }).exitCode).toBe(0);
  });

  it('is no refusal where nothing is left to do', () => {
    expect(plan('next', viewIn(finished, { versions: disabled7 }))).toMatchObject({
      steps: [],
      exitCode: 0,
      outcome: { is: 'done' },
    });
    const emergency = recordIn('revoked', {
      mode: 'emergency',
      done: ['hook:promoted:0', 'hook:promoted:1', 'rollout:auth', 'rollout:api'],
    });
    expect(plan('emergency', viewIn(emergency))).toMatchObject({ steps: [], outcome: { is: 'done' } });
  });
});

describe('an interrupted run', () => {
  const idle = recordIn('idle', {
    intent: { ...recordIn('idle').intent, at: new Date(entry).toISOString() },
  });
  const another = { ...key, hash: 'bbbbbbbbbbbbbbbb' };

  it('adopts the version that fits the intent, by whichever process it was added', () => {
    const view = viewIn(idle, { versions: [version(7), version(8, { hash: ours })] });
    expect(words(plan('start', view, { key: another }).steps)[0]).toBe(
      'state staged blue=3,current=7,next=8,previous=7',
    );
  });

  it('takes over an intent without a version, once its process can be taken for dead', () => {
    const early = plan('start', viewIn(idle), { key: another, now: entry + intentLease - 1 });
    expect(early).toMatchObject({
      steps: [],
      exitCode: 3,
      outcome: { reason: 'run-in-progress', until: entry + intentLease },
    });
    const late = plan('start', viewIn(idle), { key: another, now: entry + intentLease });
    expect(words(late.steps).slice(0, 2)).toEqual(['intent idle blue=3,current=7', 'add 8 (32 bytes)']);
    expect(late.steps[0]).toMatchObject({ record: { intent: { hashes: [ours, another.hash], newest: 7 } } });
  });

  it('disables what a run that was taken for dead added after all', () => {
    const intent = { ...idle.intent, hashes: [ours, another.hash] };
    const versions = [version(7), version(8, { hash: another.hash }), version(9, { hash: ours })];
    expect(words(plan('start', viewIn({ ...idle, intent }, { versions })).steps).slice(0, 2)).toEqual([
      'disable 9 (surplus)',
      'state staged blue=3,current=7,next=8,previous=7',
    ]);
    const late = viewIn({ ...staged, intent }, { versions });
    expect(words(plan('next', late).steps)[0]).toBe('disable 9 (surplus)');
  });

  it('uses the version of a rotation that was undone again', () => {
    const times = { opened: idle.times.opened, staged: idle.times.opened, rolledBack: idle.times.opened };
    const record = { ...idle, to: 8, times };
    const view = viewIn(record, { versions: [version(7), version(8, { hash: ours })] });
    const [state] = plan('start', view, { key: another }).steps;
    expect(state).toMatchObject({
      record: {
        state: 'staged',
        to: 8,
        times: { opened: times.opened, staged: new Date(entry).toISOString() },
      },
    });
  });

  it('does not wait for a run of a rotation that was undone, but for one that begins after it', () => {
    const now = new Date(entry).toISOString();
    const undone = { ...idle, times: { opened: now, rolledBack: now } };
    const first = plan('start', viewIn(undone), { key: another });
    expect(words(first.steps)[0]).toBe('intent idle blue=3,current=7');
    const [intent] = plan('start', viewIn(undone), { key: another, now: entry + 1 }).steps;
    const record = intent?.do === 'update' ? intent.record : null;
    const third = { ...key, hash: 'cccccccccccccccc' };
    expect(plan('start', viewIn(record), { key: third, now: entry + 2 })).toMatchObject({
      outcome: { reason: 'run-in-progress' },
    });
  });

  it('finishes a step back that was begun, and does not go back further', () => {
    const now = new Date(entry).toISOString();
    const record = recordIn('staged', {
      times: { ...recordIn('promoted').times, staged: now, rolledBack: now },
    });
    expect(words(plan('rollback', viewIn(record), { gate: waits(true) }).steps)[0]).toMatch(
      /^run hook:staged:0/,
    );
    const ready = { ...record, done: ['hook:staged:0'] };
    expect(words(plan('rollback', viewIn(ready)).steps)).toEqual(['state idle blue=3,current=7']);
  });

  it('goes by the salt of the intent that is there', () => {
    expect(saltFor(null, 'ffffffffffffffff')).toBe('ffffffffffffffff');
    expect(saltFor(idle, 'ffffffffffffffff')).toBe(idle.intent.salt);
    expect(saltFor(finished, 'ffffffffffffffff')).toBe('ffffffffffffffff');
  });
});

/** A secret in memory, and what was run. */
interface Kept {
  view: SecretView;
  readonly ran: string[];
}

/** Carries out a plan; a crash comes before or after the step of that number. */
function carryOut(
  kept: Kept,
  planned: Plan,
  hash: string,
  crash: { at: number; isAfter: boolean } | null,
): boolean {
  for (const [index, step] of planned.steps.entries()) {
    if (crash?.at === index && !crash.isAfter) return false;
    if (step.do === 'run') kept.ran.push(step.task);
    kept.view = viewAfter(kept.view, step, { hash });
    if (crash?.at === index) return false;
  }
  return true;
}

describe('killed anywhere, and run again', () => {
  const wholes: [string, RotateCommand[], Partial<Situation>][] = [
    ['a rotation', ['start', 'next', 'next', 'next'], {}],
    [
      'a rotation with two steps back',
      ['start', 'next', 'rollback', 'rollback', 'start', 'next', 'next', 'next'],
      {},
    ],
    ['an emergency', ['emergency', 'next'], {}],
    ['an emergency in the middle', ['start', 'next', 'emergency', 'next'], {}],
    ['a cutover', ['start', 'next', 'next'], { isCutover: true }],
    ['a cutover that is undone', ['start', 'rollback'], { isCutover: true }],
  ];

  /** Every process has a key of its own, and begins where the lease of the one before is over. */
  function whole(
    commands: readonly RotateCommand[],
    more: Partial<Situation>,
    crashAt: number | null,
    isAfter: boolean,
  ) {
    const kept: Kept = { view: viewIn(null), ran: [] };
    let total = 0;
    let processes = 0;
    for (const command of commands) {
      for (;;) {
        processes += 1;
        const hash = String(processes).padStart(16, '0');
        const planned = plan(command, kept.view, {
          ...more,
          key: { ...key, hash },
          now: entry + processes * intentLease,
        });
        expect(planned).toMatchObject({ exitCode: 0 });
        const crash = crashAt === null || crashAt < total ? null : { at: crashAt - total, isAfter };
        const isWhole = carryOut(kept, planned, hash, crash);
        total += planned.steps.length;
        if (isWhole) break;
        // From here on nothing is interrupted any more.
        crashAt = null;
        // A step that was carried out as a whole leaves nothing: the same command would take the next one.
        if (planned.reaches === kept.view.record?.state && isDone(kept.view, more)) break;
      }
    }
    const { record, aliases, versions } = kept.view;
    const end = {
      state: record?.state,
      aliases: aliasText(aliases),
      versions: versions.map(({ number, state }) => `${number} ${state}`),
    };
    return { end, total, ran: [...new Set(kept.ran)] };
  }

  const isDone = (view: SecretView, more: Partial<Situation>): boolean =>
    plan(view.record?.state === 'idle' ? 'rollback' : 'next', view, { ...more, gate: waits(false) }).steps
      .length === 0;

  it.each(wholes)('%s ends the same, with one new version', (_, commands, more) => {
    const { end, total, ran } = whole(commands, more, null, false);
    expect(end.versions).toHaveLength(3);
    for (let at = 0; at < total; at += 1)
      for (const isAfter of [false, true])
        expect([at, isAfter, whole(commands, more, at, isAfter)]).toMatchObject([at, isAfter, { end, ran }]);
  });
});
