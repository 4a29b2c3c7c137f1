import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seedsOf } from './support/seeds.js';
import type { Opened } from './support/target.js';
import { targets } from './targets/index.js';

/** Inputs that failed once, again. `npm run fuzz` looks for more. */
describe.each(targets.map((target) => [target.name, target] as const))('%s', (name, target) => {
  const seeds = seedsOf(name);
  let opened: Opened<unknown>;

  beforeAll(async () => {
    opened = await target.open();
  });
  afterAll(() => opened.close());

  it('keeps what it found in files that can be read', () => {
    for (const { input } of seeds) expect(input).toBeTypeOf('object');
  });

  it.concurrent.each(seeds.map(({ file, input }) => [file, input] as const))('%s', async (_, input) => {
    await opened.run(input);
  });
});
