import { expect, it } from 'vitest';
import { type Received, startAlertReceiver } from '../../src/demo/alert-receiver.js';

it('survives events of strangers, which are not genuine', async () => {
  const received: Received[] = [];
  const receiver = await startAlertReceiver('secret', (one) => void received.push(one));
  try {
    for (const body of ['{"type":{"toString":1},"level":[{"toString":1}]}', 'no JSON', 'null']) {
      const answer = await fetch(receiver.url, { method: 'POST', body });
      expect(answer.status).toBe(204);
    }
  } finally {
    await receiver.close();
  }
  expect(received).toEqual(Array(3).fill({ type: '', level: '', incident: '', genuine: false }));
});
