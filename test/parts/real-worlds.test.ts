import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { checkOnce, loadConfig } from '../../src/check/session.js';
import type { Report } from '../../src/model.js';
import type { Part } from '../../src/parts/part.js';
import { runs } from '../support/random.js';
import { configOf, participant, type Service, startService, variable } from '../support/service.js';
import { judgedTogether } from '../support/split.js';

const secret = 'Zk3vQ9sXw1mT7yBn5cRd8fGh2jLp4aUe';
const sibling = 'hN6tVb2kMq8rYw4xSd0zCf7gJl3pEa9u';
const env = { [variable]: secret, SESSION_SECRET: sibling };
const keys = {
  right: secret,
  newline: `${secret}\n`,
  quoted: `"${secret}"`,
  cut: secret.slice(0, 16),
  sibling,
  siblingNewline: `${sibling}\n`,
  fallback: 'staging-jwt-secret-key',
  unrelated: 'pQ7wEr5tYu3iOp1aSd9fGh8jKl6zXc4v',
} as const;
type Key = keyof typeof keys;

/** One service of each key, for all worlds. */
const services = new Map<Key, Promise<Service>>();
const serviceOf = (key: Key): Promise<Service> => {
  const known = services.get(key) ?? startService(keys[key]);
  services.set(key, known);
  return known;
};
afterAll(async () => {
  for (const service of services.values()) await (await service).close();
});

const names: readonly Key[] = [
  'right',
  'newline',
  'quoted',
  'cut',
  'sibling',
  'siblingNewline',
  'fallback',
  'unrelated',
];
const name = fc.constantFrom<Key>('right', ...names);
const worlds = fc.record({
  services: fc.array(fc.record({ key: name, shows: fc.boolean() }), { minLength: 1, maxLength: 4 }),
  hasSibling: fc.boolean(),
  of: fc.integer({ min: 1, max: 4 }),
});

const told = ({ verdict, level, exitCode, groups, findings }: Report) => ({
  ...{ verdict, level, exitCode, groups, findings },
});

it('any world of real services, split into shards, is judged like the whole', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async ({ services: chosen, hasSibling, of }) => {
      const participants = await Promise.all(
        chosen.map(async ({ key, shows }, at) => {
          const { source, probes } = participant(await serviceOf(key));
          return [`service_${at}`, shows ? { source, probes } : { probes }] as const;
        }),
      );
      const tests = { tests: { source: { kind: 'env', names: ['SESSION_SECRET'] } } };
      const config = configOf(
        { ...(hasSibling ? tests : {}), ...Object.fromEntries(participants) },
        {
          knownFallbacks: [keys.fallback],
        },
      );
      const read = JSON.parse(JSON.stringify(config));
      const loaded = await loadConfig({ config: read, cwd: '/', env });
      const context = {
        env,
        now: () => new Date(),
        signal: new AbortController().signal,
        progress: () => {},
      };
      const whole = await checkOnce(loaded, {}, context);
      const parts: Part[] = [];
      for (let index = 1; index <= of; index++)
        await checkOnce(
          loaded,
          { part: { shard: { index, of }, reach: null }, isJudgedLater: true },
          { ...context, observed: (part) => void parts.push(part) },
        );
      expect(told(judgedTogether(parts))).toEqual(told(whole));
    }),
    { numRuns: runs(15, 2) },
  );
});
