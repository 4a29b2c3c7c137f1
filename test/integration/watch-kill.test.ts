import { it } from 'vitest';
import { expectSurvived } from '../support/expect-survived.js';
import { survive } from '../support/killed-watch.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

it.concurrent.each([
  [1, 11],
  [2, 12],
])(
  'tells everything, once and in order, with failureThreshold %i, killed fifteen times',
  { timeout: 300_000 },
  async (failureThreshold, seed) => {
    await expectSurvived(await survive(await folder(), { kills: 15, failureThreshold, seed }));
  },
);
