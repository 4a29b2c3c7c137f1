import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openHeartbeat } from '../../../src/monitor/delivery/heartbeat.js';
import type { HttpResponse, Outcome } from '../../../src/observe/network/network.js';
import { outcomeOf } from '../../support/watching.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const url = 'https://beat.example.com/0a1b2c3d-4e5f';

function open(answer: () => Outcome<HttpResponse>) {
  const asked: string[] = [];
  const warnings: string[] = [];
  const heartbeat = openHeartbeat({
    network: {
      async request({ method, url: to }) {
        asked.push(`${method} ${to}`);
        return answer();
      },
    },
    label: (text) => text,
    warn: (text) => void warnings.push(text),
  });
  const beat = async (letter: string, every = 60_000) => {
    heartbeat.beat(outcomeOf(letter), { url, every });
    await heartbeat.quiet();
  };
  return { beat, asked, warnings };
}

const well = () => ({ ok: true, value: { status: 200, headers: {}, body: Buffer.alloc(0) } }) as const;

it('is sent after a check that could tell, good or bad, and after no other', async () => {
  const { beat, asked } = open(well);
  for (const letter of ['F', 'b', 'r']) await beat(letter);
  expect(asked).toEqual([]);
  await beat('W');
  expect(asked).toEqual([`GET ${url}`]);
});

it('is sent no more often than it is configured to', async () => {
  const { beat, asked } = open(well);
  for (let second = 0; second < 600; second += 10) {
    await beat('G');
    vi.advanceTimersByTime(10_000);
  }
  expect(asked).toHaveLength(10);
});

it.each([
  [500, 'HTTP 500'],
  [302, 'HTTP 302: redirects are not followed'],
])('that fails is said once, without its path, and is tried with the next check: %i', async (status, why) => {
  let up = false;
  const { beat, asked, warnings } = open(() =>
    up ? well() : { ok: true, value: { status, headers: {}, body: Buffer.alloc(0) } },
  );
  await beat('G');
  await beat('G');
  up = true;
  await beat('G');
  expect(asked).toHaveLength(3);
  expect(warnings).toEqual([
    `the heartbeat could not be sent to https://beat.example.com/…: ${why}`,
    'the heartbeat is sent again',
  ]);
});
