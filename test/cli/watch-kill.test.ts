import { describe, it } from 'vitest';
import { expectSurvived } from '../support/expect-survived.js';
import { survive } from '../support/killed-watch.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

describe.concurrent('a watch that is killed again and again', () => {
  it.each([1, 2])(
    'tells everything, once and in order, with failureThreshold %i',
    { timeout: 120_000 },
    async (failureThreshold) => {
      await expectSurvived(
        await survive(await folder(), { kills: 14, failureThreshold, seed: failureThreshold }),
      );
    },
  );
});
