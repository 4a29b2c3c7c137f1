import { it } from 'vitest';
import { expectSurvived } from '../support/expect-survived.js';
import { survive } from '../support/killed-watch.js';
import { workspace } from '../support/workspace.js';

const folder = workspace();

// At each kind of moment once; with other thresholds and forty times beside the integration tests.
it('a watch that is killed again and again tells everything, once and in order', async () => {
  await expectSurvived(await survive(await folder(), { kills: 4, failureThreshold: 1, seed: 1 }));
});
