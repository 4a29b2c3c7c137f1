import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rotation } from '../../src/config/rotation-schema.js';
import { intentLease } from '../../src/rotate/adopt.js';
import { planFor } from '../../src/rotate/advance-rotation.js';
import type { Plan, RotateCommand } from '../../src/rotate/rotation-plan.js';
import { viewAfter } from '../../src/rotate/stages.js';
import type { SecretView } from '../../src/rotate/transitions.js';
import { runs } from '../support/random.js';
import { entry } from './support/uses.js';

const settings = rotation.parse({
  drain: { access: '1h' },
  hooks: { staged: [['staged']], promoted: [['promoted']], revoked: [['revoked']], finished: [['finished']] },
});

/** A secret in memory whose updates take an etag, as those of Secret Manager do; adding a version takes none. */
class Store {
  view: SecretView = {
    record: null,
    aliases: new Map([['current', 7]]),
    versions: [{ number: 7, state: 'ENABLED', hash: null }],
  };
  etag = 0;
}

/** A process that carries out one command, a step at a time, until it is done, refused, or killed. */
class Process {
  isOver = false;
  /** It was refused before it had written anything. */
  wroteNothing = true;
  #plan: Plan | null = null;
  #etag = 0;
  #next = 0;
  readonly #store: Store;
  readonly #command: RotateCommand;
  readonly #hash: string;

  constructor(store: Store, command: RotateCommand, hash: string) {
    this.#store = store;
    this.#command = command;
    this.#hash = hash;
  }

  /** Reads and plans, or carries out the next step of the plan. */
  act(now: number): void {
    if (this.#plan === null) {
      this.#read(now);
      return;
    }
    const step = this.#plan.steps[this.#next];
    if (step === undefined) {
      this.isOver = true;
      return;
    }
    if (step.do === 'update' && this.#etag !== this.#store.etag) {
      this.isOver = true;
      return;
    }
    const { versions } = this.#store.view;
    const expected = Math.max(...versions.map(({ number }) => number)) + 1;
    const real = step.do === 'add-version' ? { ...step, expected } : step;
    this.#store.view = viewAfter(this.#store.view, real, { hash: this.#hash });
    this.wroteNothing = false;
    this.#next += 1;
    if (step.do === 'update') {
      this.#store.etag += 1;
      this.#etag = this.#store.etag;
    }
    // The number may be another than expected, and others may have added one as well.
    if (step.do === 'add-version') this.#plan = null;
  }

  #read(now: number): void {
    const { view, etag } = this.#store;
    this.#etag = etag;
    this.#next = 0;
    this.#plan = planFor({
      command: this.#command,
      view,
      gate: { holds: true, evidence: [], trusted: [], moved: null },
      settings,
      rollouts: [],
      key: { id: this.#hash, salt: '0011223344556677', hash: this.#hash, bytes: 32 },
      inUse: 7,
      tokenTypes: ['access'],
      trusts: [],
      isCutover: false,
      runs: null,
      now,
    });
    if (this.#plan.outcome.is !== 'ready') this.isOver = true;
  }
}

const hashOf = (number: number): string => String(number).padStart(16, '0');

/** The new versions, and whether they are enabled. */
const added = ({ view }: Store): string[] =>
  view.versions.filter(({ number }) => number > 7).map(({ state }) => state);

/** Runs a command to its end, as a process that meets no other. */
function run(store: Store, command: RotateCommand, number: number, now: number): Process {
  const process = new Process(store, command, hashOf(number));
  while (!process.isOver) process.act(now);
  return process;
}

describe('two processes at once', () => {
  const order = fc.array(fc.boolean(), { maxLength: 40 });

  it('start one rotation: the other writes nothing, whatever the order', () => {
    fc.assert(
      fc.property(order, (order) => {
        const store = new Store();
        const both = [new Process(store, 'start', hashOf(1)), new Process(store, 'start', hashOf(2))];
        for (const isFirst of order) both[isFirst ? 0 : 1]?.act(entry);
        for (const one of both) while (!one.isOver) one.act(entry);
        expect(added(store)).toEqual(['ENABLED']);
        expect(store.view.record).toMatchObject({ state: 'staged', to: 8, done: ['hook:staged:0'] });
      }),
      { numRuns: runs(2000, 300) },
    );
  });

  it('and kills, and late calls: one new version stays enabled, the one that the aliases stand for', () => {
    // Which of three processes acts next, or how much time passes; a process that is not mentioned again was killed.
    const event = fc.oneof(
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom('short' as const, 'long' as const),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        const store = new Store();
        const three = [1, 2, 3].map((number) => new Process(store, 'start', hashOf(number)));
        let now = entry;
        for (const event of events)
          if (typeof event === 'string') now += event === 'short' ? 1000 : 2 * intentLease;
          else if (three[event]?.isOver === false) three[event].act(now);
        run(store, 'start', 4, now + 2 * intentLease);
        const { record } = store.view;
        expect(record).toMatchObject({ state: 'staged', done: ['hook:staged:0'] });
        // A process that is still under way can add what it was about to add; the next step takes it away again.
        for (const one of three) while (!one.isOver) one.act(now + 3 * intentLease);
        run(store, 'next', 5, now + 4 * intentLease);
        expect(store.view.record).toMatchObject({ state: 'promoted', to: record?.to });
        expect(added(store).filter((state) => state === 'ENABLED')).toHaveLength(1);
        expect(store.view.versions).toContainEqual({
          number: store.view.aliases.get('current'),
          state: 'ENABLED',
          hash: expect.any(String),
        });
      }),
      { numRuns: runs(5000, 500) },
    );
  });

  it.each<[RotateCommand, RotateCommand]>([
    ['next', 'next'],
    ['next', 'rollback'],
    ['rollback', 'next'],
    ['next', 'emergency'],
  ])('take one step: %s and %s', (first, second) => {
    fc.assert(
      fc.property(order, (order) => {
        const store = new Store();
        run(store, 'start', 1, entry);
        const both = [new Process(store, first, hashOf(2)), new Process(store, second, hashOf(3))];
        for (const one of both) one.act(entry);
        for (const isFirst of order) both[isFirst ? 0 : 1]?.act(entry);
        for (const one of both) while (!one.isOver) one.act(entry);
        // Both had planned from the same etag.
        expect(both.filter(({ wroteNothing }) => wroteNothing)).toHaveLength(1);
        expect(added(store)).toEqual(['ENABLED']);
      }),
      { numRuns: runs(1000, 100) },
    );
  });
});
