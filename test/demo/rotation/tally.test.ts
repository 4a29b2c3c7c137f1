import { expect, it } from 'vitest';
import { type Presentation, Tally } from '../../../src/demo/rotation/tally.js';

const accepted: Presentation = {
  issuer: 'auth',
  version: '1',
  service: 'backend',
  transport: 'http',
  state: 'staged',
  expiresAt: 10_000,
  answeredAt: 5000,
  outcome: 'accepted',
};

it('counts valid tokens, by what they share', () => {
  const tally = new Tally();
  tally.add(accepted);
  tally.add({ ...accepted, outcome: 'rejected', answeredAt: 6000 });
  tally.add({ ...accepted, transport: 'websocket', version: '2', outcome: 'rejected', answeredAt: 8000 });
  tally.add({ ...accepted, state: 'promoted', outcome: 'none', answeredAt: 9000 });
  expect(tally.result()).toEqual({
    presented: 4,
    rejected: 2,
    unanswered: 1,
    window: { presented: 4, rejected: 2, unanswered: 1, from: 6000, until: 8000 },
    byTransport: [
      { name: 'http', presented: 3, rejected: 1, unanswered: 1 },
      { name: 'websocket', presented: 1, rejected: 1, unanswered: 0 },
    ],
    byIssuer: [{ name: 'auth', presented: 4, rejected: 2, unanswered: 1 }],
    byService: [{ name: 'backend', presented: 4, rejected: 2, unanswered: 1 }],
    byState: [
      { name: 'staged', version: '1', presented: 2, rejected: 1, unanswered: 0 },
      { name: 'staged', version: '2', presented: 1, rejected: 1, unanswered: 0 },
      { name: 'promoted', version: '1', presented: 1, rejected: 0, unanswered: 1 },
    ],
    byVersion: [
      {
        name: '1',
        presented: 3,
        rejected: 1,
        unanswered: 1,
        window: { presented: 3, rejected: 1, unanswered: 1, from: 6000, until: 6000 },
      },
      {
        name: '2',
        presented: 1,
        rejected: 1,
        unanswered: 0,
        window: { presented: 1, rejected: 1, unanswered: 0, from: 8000, until: 8000 },
      },
    ],
  });
});

it('counts a rejected token up to its last millisecond, and none that expired before the answer', () => {
  const tally = new Tally();
  tally.add({ ...accepted, outcome: 'rejected', answeredAt: 9999 });
  for (const outcome of ['accepted', 'rejected', 'none'] as const)
    tally.add({ ...accepted, outcome, answeredAt: 10_000 });
  expect(tally.counts).toEqual({ presented: 1, rejected: 1, unanswered: 0 });
});
