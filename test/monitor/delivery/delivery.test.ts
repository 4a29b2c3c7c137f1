import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { levels } from '../../../src/model.js';
import { type Delivery, openDelivery } from '../../../src/monitor/delivery/delivery.js';
import { longestQueue } from '../../../src/monitor/delivery/queue.js';
import type { Recipient, SendResult } from '../../../src/monitor/delivery/recipient.js';
import type { Settlement } from '../../../src/monitor/delivery/settlement.js';
import { eventTypes } from '../../../src/monitor/event-types.js';
import type { DriftEvent, Unsent } from '../../../src/monitor/monitor-model.js';
import { event } from '../../support/events.js';
import { runs } from '../../support/random.js';

const ok: SendResult = { ok: true, value: null };
const failing = (more: { final?: boolean; retryAfterMs?: number } = {}): SendResult => ({
  ok: false,
  error: { code: 'http-status', message: 'POST x: HTTP 500' },
  ...more,
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

interface Fake extends Recipient {
  readonly tried: { readonly event: DriftEvent; readonly before: DriftEvent | null; readonly at: number }[];
  readonly renewed: { readonly event: DriftEvent; readonly at: number }[];
  readonly most: () => number;
}

/** A recipient that answers as it is told to, and counts tries that overlap. */
function fake(
  name: string,
  answer: (event: DriftEvent, tries: number) => SendResult | Promise<SendResult>,
  more: Partial<Pick<Recipient, 'minimumLevel'>> & { everyMs?: number; renewal?: () => SendResult } = {},
): Fake {
  const tried: Fake['tried'] = [];
  const renewed: Fake['renewed'] = [];
  let underWay = 0;
  let most = 0;
  const during = async (work: () => SendResult | Promise<SendResult>): Promise<SendResult> => {
    underWay += 1;
    most = Math.max(most, underWay);
    try {
      return await work();
    } finally {
      underWay -= 1;
    }
  };
  const { minimumLevel = 'INFO', everyMs, renewal = () => ok } = more;
  return {
    name,
    minimumLevel,
    tried,
    renewed,
    most: () => most,
    send: (one, before) =>
      during(() => {
        tried.push({ event: one, before, at: performance.now() });
        return answer(one, tried.filter((t) => t.event.id === one.id).length);
      }),
    ...(everyMs === undefined
      ? {}
      : {
          renewal: {
            everyMs,
            renew: (one) =>
              during(() => {
                renewed.push({ event: one, at: performance.now() });
                return renewal();
              }),
          },
        }),
  };
}

interface Told extends Settlement {
  readonly id: string;
  readonly to: string;
}

function open(
  recipients: readonly Recipient[],
  more: {
    unsent?: readonly Unsent[];
    open?: readonly DriftEvent[];
    onSettled?: () => void;
    written?: () => Promise<void>;
  } = {},
): { delivery: Delivery; settled: Told[]; changes: () => number } {
  const settled: Told[] = [];
  let changes = 0;
  const delivery = openDelivery({
    recipients,
    unsent: more.unsent ?? [],
    open: more.open ?? [],
    random: () => 0.5,
    onSettled: ({ id }, to, settlement) => {
      settled.push({ id, to, ...settlement });
      more.onSettled?.();
    },
    onChange: () => {
      changes += 1;
      return more.written?.() ?? Promise.resolve();
    },
  });
  return { delivery, settled, changes: () => changes };
}

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const ids = ({ tried }: Fake) => tried.map((t) => t.event.id);
const telling = (one: DriftEvent, urgency = one.level) => ({ event: one, urgency });

describe('an event', () => {
  it('waits until it is saved that the one before was sent: a kill repeats one, and no more', async () => {
    const one = fake('one', () => ok);
    let write = (): void => {};
    const written = () => new Promise<void>((resolve) => (write = resolve));
    const { delivery } = open([one], { written });
    const [detected, resolved] = [event('drift-detected'), event('drift-resolved')];
    for (const happened of [detected, resolved]) delivery.add(telling(happened));
    await later(1000);
    expect(ids(one)).toEqual([detected.id]);
    expect(delivery.pending().map(({ event: { id } }) => id)).toEqual([resolved.id]);
    write();
    await later(10);
    expect(ids(one)).toEqual([detected.id, resolved.id]);
  });

  it('goes to those that its urgency concerns, after the state could be written', async () => {
    const all = fake('all', () => ok);
    const page = fake('page', () => ok, { minimumLevel: 'CRITICAL' });
    const { delivery, settled, changes } = open([all, page]);
    const warning = event('participant-unreachable', { level: 'WARNING' });
    const critical = event('drift-detected');
    const resolved = event('drift-resolved');
    expect(delivery.add(telling(warning))).toEqual(['all']);
    expect(delivery.add(telling(critical))).toEqual(['all', 'page']);
    expect(delivery.add(telling(resolved, 'CRITICAL'))).toEqual(['all', 'page']);
    expect(all.tried).toEqual([]);
    expect(delivery.pending()).toEqual([
      { event: warning, to: ['all'] },
      { event: critical, to: ['all', 'page'] },
      { event: resolved, to: ['all', 'page'] },
    ]);
    await later(10);
    expect(ids(all)).toEqual([warning.id, critical.id, resolved.id]);
    expect(ids(page)).toEqual([critical.id, resolved.id]);
    expect(page.tried.map(({ before }) => before)).toEqual([null, critical]);
    expect(delivery.pending()).toEqual([]);
    expect(settled).toHaveLength(5);
    expect(changes()).toBe(5);
    expect(settled[0]).toEqual({ id: warning.id, to: 'all', result: 'sent', reason: null, tries: 1 });
    delivery.close();
  });

  it('is tried again after pauses that grow, and what came after it waits', async () => {
    const slow = fake('slow', (_event, tries) => (tries < 5 ? failing() : ok));
    const { delivery, settled } = open([slow]);
    const detected = event('drift-detected');
    const resolved = event('drift-resolved');
    delivery.add(telling(detected));
    delivery.add(telling(resolved, 'CRITICAL'));
    await later(60_000);
    const times = slow.tried.filter((t) => t.event === detected).map((t) => t.at);
    const pauses = times.slice(1).map((at, index) => Math.round(at - (times[index] ?? 0)));
    expect(pauses).toEqual([750, 1500, 3000, 6000]);
    expect(slow.tried.at(-1)?.event).toBe(resolved);
    expect(settled.map(({ result, tries }) => [result, tries])).toEqual([
      ['sent', 5],
      ['sent', 5],
    ]);
    delivery.close();
  });

  it('is given up after an hour, then the next one has its turn', async () => {
    const dead = fake('dead', (one) => (one.type === 'drift-detected' ? failing() : ok));
    const { delivery, settled } = open([dead]);
    delivery.add(telling(event('drift-detected')));
    delivery.add(telling(event('drift-resolved'), 'CRITICAL'));
    await later(3_500_000);
    expect(settled).toEqual([]);
    await later(200_000);
    expect(settled.map(({ result }) => result)).toEqual(['gave-up', 'sent']);
    expect(settled[0]?.reason).toMatch(/^POST x: HTTP 500 \(\d\d tries\)$/);
    expect(settled[0]?.tries).toBeLessThan(100);
    delivery.close();
  });

  it('that was refused for good is given up at once', async () => {
    const gone = fake('gone', () => failing({ final: true }));
    const { delivery, settled } = open([gone]);
    delivery.add(telling(event('drift-detected')));
    await later(10);
    expect(settled).toMatchObject([{ result: 'gave-up', reason: 'POST x: HTTP 500', tries: 1 }]);
    delivery.close();
  });

  it('waits as long as it is asked to', async () => {
    const limited = fake('limited', (_event, tries) =>
      tries === 1 ? failing({ retryAfterMs: 90_000 }) : ok,
    );
    const { delivery } = open([limited]);
    delivery.add(telling(event('drift-detected')));
    await later(89_000);
    expect(limited.tried).toHaveLength(1);
    await later(2000);
    expect(limited.tried).toHaveLength(2);
    delivery.close();
  });

  it.each([7_200_000, 30 * 86_400_000])('is kept for %i ms where it is asked to wait so long', async (ms) => {
    const limited = fake('limited', ({ type }, tries) =>
      type === 'drift-detected' && tries === 1 ? failing({ retryAfterMs: ms }) : ok,
    );
    const { delivery, settled } = open([limited]);
    const events = [event('drift-detected'), event('drift-resolved')] as const;
    for (const one of events) delivery.add(telling(one, 'CRITICAL'));
    await later(ms - 1000);
    expect(limited.tried).toHaveLength(1);
    expect(delivery.pending()).toHaveLength(2);
    await later(2000);
    expect(settled.map(({ id, result }) => [id, result])).toEqual(events.map(({ id }) => [id, 'sent']));
    delivery.close();
  });

  it('has its hour after the time that it was asked to wait', async () => {
    const limited = fake('limited', (_event, tries) =>
      tries === 1 ? failing({ retryAfterMs: 7_200_000 }) : failing(),
    );
    const { delivery, settled } = open([limited]);
    delivery.add(telling(event('drift-detected')));
    delivery.add(telling(event('drift-resolved'), 'CRITICAL'));
    await later(10_000_000);
    expect(settled).toEqual([]);
    await later(1_000_000);
    expect(settled).toMatchObject([{ result: 'gave-up' }]);
    delivery.close();
  });

  it('that was refused for good with Retry-After keeps nothing back', async () => {
    const strict = fake('strict', (one) =>
      one.type === 'drift-detected' ? failing({ final: true, retryAfterMs: 3_600_000 }) : ok,
    );
    const { delivery, settled } = open([strict]);
    delivery.add(telling(event('drift-detected')));
    delivery.add(telling(event('drift-resolved'), 'CRITICAL'));
    await later(10);
    expect(settled.map(({ result }) => result)).toEqual(['gave-up', 'sent']);
    delivery.close();
  });

  it('does not wait for a recipient that hangs', async () => {
    const hung = fake('hung', () => new Promise(() => {}));
    const well = fake('well', () => ok);
    const { delivery, settled } = open([hung, well]);
    for (let i = 0; i < 5; i++) delivery.add(telling(event('drift-reminder')));
    await later(10_000);
    expect(settled.map(({ to }) => to)).toEqual(Array(5).fill('well'));
    expect(hung.tried).toHaveLength(1);
    expect(delivery.pending().map(({ to }) => to)).toEqual(Array(5).fill(['hung']));
    delivery.close();
  });

  it('survives recipients and callbacks that throw', async () => {
    const wild: Recipient = {
      name: 'wild',
      minimumLevel: 'INFO',
      send: () => {
        throw new Error('hunter2');
      },
    };
    const { delivery, settled } = open([wild, fake('well', () => ok)], {
      onSettled: () => {
        throw new Error('a bug');
      },
    });
    delivery.add(telling(event('drift-detected')));
    delivery.add(telling(event('drift-resolved'), 'CRITICAL'));
    await later(26 * 3_600_000);
    expect(settled.map(({ to, result }) => [to, result])).toEqual([
      ['well', 'sent'],
      ['well', 'sent'],
      ['wild', 'gave-up'],
      ['wild', 'gave-up'],
    ]);
    expect(JSON.stringify(settled)).not.toContain('hunter2');
    delivery.close();
  });

  it('that is reported twice after a crash is sent once', async () => {
    const well = fake('well', () => ok);
    const one = event('drift-detected');
    const { delivery } = open([well], { unsent: [{ event: one, to: ['well'] }], open: [one] });
    delivery.add(telling(one));
    await later(10);
    expect(ids(well)).toEqual([one.id]);
    delivery.close();
  });
});

describe('after a restart', () => {
  it('what was unsent goes first, in its order; who left is reported', async () => {
    const a = fake('a', () => ok);
    const first = event('drift-detected');
    const second = event('drift-changed');
    const { delivery, settled } = open([a], {
      unsent: [
        { event: first, to: ['a', 'left'] },
        { event: second, to: ['a'] },
      ],
      open: [second],
    });
    expect(settled).toEqual([]);
    expect(delivery.pending().map(({ to }) => to)).toEqual([['a'], ['a']]);
    delivery.add(telling(event('drift-resolved'), 'CRITICAL'));
    await later(10);
    expect(a.tried.map((t) => t.event.type)).toEqual(['drift-detected', 'drift-changed', 'drift-resolved']);
    expect(settled.filter(({ to }) => to === 'left')).toEqual([
      { id: first.id, to: 'left', result: 'gave-up', reason: 'left is not configured any more', tries: 0 },
    ]);
    delivery.close();
  });

  it('what is open is repeated at once, and its end knows what went before', async () => {
    const keeper = fake('keeper', () => ok, { everyMs: 60_000, minimumLevel: 'WARNING' });
    const one = event('drift-detected');
    const unheard = event('drift-detected', { incident: 'other', level: 'INFO' });
    const { delivery } = open([keeper], { open: [one, unheard] });
    await later(10);
    expect(keeper.renewed.map((r) => r.event)).toEqual([one]);
    delivery.add(telling(event('drift-resolved'), 'CRITICAL'));
    await later(10);
    expect(keeper.tried.at(-1)?.before).toBe(one);
    await later(600_000);
    expect(keeper.renewed).toHaveLength(1);
    delivery.close();
  });
});

describe('an open incident', () => {
  it('is repeated with its last event until its end is sent', async () => {
    const keeper = fake('keeper', () => ok, { everyMs: 60_000 });
    const { delivery } = open([keeper]);
    const detected = event('drift-detected');
    const changed = event('drift-changed');
    delivery.add(telling(detected));
    await later(130_000);
    delivery.add(telling(changed));
    await later(120_000);
    expect(new Set(keeper.renewed.map((r) => r.event))).toEqual(new Set([detected, changed]));
    expect(keeper.renewed.length).toBeGreaterThanOrEqual(4);
    const gaps = keeper.renewed.slice(1).map((r, index) => r.at - (keeper.renewed[index]?.at ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(61_000);
    delivery.add(telling(event('drift-resolved'), 'CRITICAL'));
    await later(1000);
    const until = keeper.renewed.length;
    await later(600_000);
    expect(keeper.renewed).toHaveLength(until);
    delivery.close();
  });

  it('is repeated while something else cannot be sent, and not once its end waits', async () => {
    const keeper = fake('keeper', (one) => (one.incident === 'bad' ? failing() : ok), { everyMs: 10_000 });
    const { delivery } = open([keeper]);
    const good = event('drift-detected');
    delivery.add(telling(good));
    await later(10);
    delivery.add(telling(event('participant-unreachable', { incident: 'bad' })));
    await later(60_000);
    expect(keeper.renewed.length).toBeGreaterThan(4);
    delivery.add(telling(event('drift-resolved'), 'CRITICAL'));
    const until = keeper.renewed.length;
    await later(60_000);
    expect(keeper.renewed.slice(until).filter((r) => r.event === good)).toEqual([]);
    delivery.close();
  });

  it('whose event could not be sent in time is repeated all the same', async () => {
    let up = false;
    const keeper = fake('keeper', () => failing(), { everyMs: 60_000, renewal: () => (up ? ok : failing()) });
    const { delivery, settled } = open([keeper]);
    delivery.add(telling(event('drift-detected')));
    await later(3_700_000);
    expect(settled).toEqual([]);
    up = true;
    const until = keeper.renewed.length;
    await later(61_000);
    expect(keeper.renewed.length).toBeGreaterThan(until);
    delivery.close();
  });

  it('keeps the peak of an incident over a restart, whatever its level is now', async () => {
    const page = fake('page', () => ok, { everyMs: 60_000, minimumLevel: 'CRITICAL' });
    const eased = event('drift-changed', { level: 'WARNING', peak: 'CRITICAL' });
    const never = event('drift-changed', { level: 'WARNING', peak: 'WARNING', incident: 'other' });
    const { delivery } = open([page], { open: [eased, never] });
    await later(10);
    expect(page.renewed.map((r) => r.event)).toEqual([eased]);
    delivery.close();
  });
});

describe('a recipient that comes back', () => {
  it.each([2, 30])('after %i hours learns of what is open, once, and of its end', async (hours) => {
    let up = false;
    const away = fake('away', () => (up ? ok : failing()));
    const { delivery, settled } = open([away]);
    const detected = event('drift-detected');
    delivery.add(telling(detected));
    await later(hours * 3_600_000);
    expect(settled).toEqual([]);
    expect(delivery.pending()).toEqual([{ event: detected, to: ['away'] }]);
    up = true;
    await later(61_000);
    expect(settled).toMatchObject([{ id: detected.id, result: 'sent' }]);
    delivery.add(telling(event('drift-resolved'), 'CRITICAL'));
    await later(10);
    expect(settled).toHaveLength(2);
    delivery.close();
  });

  it('hears the last word on each incident that is open, and no older one', async () => {
    let up = false;
    const away = fake('away', () => (up ? ok : failing()));
    const { delivery, settled } = open([away]);
    const [a, b] = [event('drift-detected', { incident: 'a' }), event('monitor-degraded', { incident: 'b' })];
    delivery.add(telling(a));
    delivery.add(telling(b));
    await later(7_300_000);
    const changed = event('drift-changed', { incident: 'a' });
    delivery.add(telling(changed));
    expect(delivery.pending().map(({ event: { id } }) => id)).toEqual([b.id, changed.id]);
    up = true;
    await later(61_000);
    expect(
      settled
        .filter(({ result }) => result === 'sent')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([b.id, changed.id].sort());
    expect(settled.filter(({ result }) => result === 'gave-up').map(({ id }) => id)).toEqual([a.id]);
    delivery.close();
  });

  it('learns of the end of what is open there, for a day, and all that came after', async () => {
    let up = true;
    const away = fake('away', () => (up ? ok : failing()), { everyMs: 60_000 });
    const { delivery, settled } = open([away]);
    const detected = event('drift-detected');
    delivery.add(telling(detected));
    await later(10);
    up = false;
    const resolved = event('drift-resolved');
    delivery.add(telling(resolved, 'CRITICAL'));
    await later(3_700_000);
    const repeated = away.renewed.length;
    const other = event('participant-unreachable', { incident: 'other' });
    delivery.add(telling(other));
    await later(20 * 3_600_000);
    expect(settled).toHaveLength(1);
    // It would be fired again.
    expect(away.renewed.slice(repeated).filter(({ event: { incident } }) => incident !== 'other')).toEqual(
      [],
    );
    expect(delivery.pending().map(({ event: { id } }) => id)).toEqual([resolved.id, other.id]);
    up = true;
    await later(61_000);
    expect(settled.slice(1).map(({ id, result }) => [id, result])).toEqual([
      [resolved.id, 'sent'],
      [other.id, 'sent'],
    ]);
    expect(away.tried.at(-2)).toMatchObject({ event: resolved, before: detected });
    delivery.close();
  });

  it('does not learn of an end after more than a day', async () => {
    const away = fake('away', () => failing());
    const { delivery, settled } = open([away]);
    const resolved = event('drift-resolved');
    delivery.add(telling(resolved, 'CRITICAL'));
    await later(23 * 3_600_000);
    expect(settled).toEqual([]);
    await later(2 * 3_600_000);
    expect(settled).toMatchObject([{ id: resolved.id, result: 'gave-up' }]);
    expect(delivery.pending()).toEqual([]);
    delivery.close();
  });

  it('loses the oldest of too many ends before anything new', async () => {
    const away = fake('away', () => failing());
    const { delivery, settled } = open([away]);
    const ends = Array.from({ length: longestQueue }, (_, at) =>
      event('drift-resolved', { incident: `${at}` }),
    );
    for (const end of ends) delivery.add(telling(end, 'CRITICAL'));
    await later(2 * 3_600_000);
    const detected = event('drift-detected', { incident: 'new' });
    delivery.add(telling(detected));
    await later(10);
    expect(settled.map(({ result }) => result)).toEqual(['gave-up']);
    expect(ends.map(({ id }) => id)).toContain(settled[0]?.id);
    expect(delivery.pending().at(-1)?.event.id).toBe(detected.id);
    delivery.close();
  });

  it('hears of the end without waiting for a beginning that it never took', async () => {
    const poisoned = fake('poisoned', (one) => (one.type === 'drift-detected' ? failing() : ok));
    const { delivery, settled } = open([poisoned]);
    delivery.add(telling(event('drift-detected')));
    await later(3_700_000);
    const other = event('participant-unreachable', { incident: 'other' });
    delivery.add(telling(other));
    await later(10);
    expect(settled).toMatchObject([{ id: other.id, result: 'sent' }]);
    const resolved = event('drift-resolved');
    delivery.add(telling(resolved, 'CRITICAL'));
    await later(61_000);
    expect(settled.at(-1)).toMatchObject({ id: resolved.id, result: 'sent' });
    expect(delivery.pending()).toEqual([]);
    delivery.close();
  });
});

describe('a beginning that could not be sent, and is tried again while its end arrives', () => {
  it.each([{}, { retryAfterMs: 120_000 }])('is not sent after the end: %j', async (more) => {
    let isUp = false;
    const slow = fake('slow', async () => {
      const answer = isUp ? ok : failing(more);
      await new Promise((resolve) => setTimeout(resolve, 8000));
      return answer;
    });
    const first = event('drift-detected');
    let fails = true;
    const failed = fake('slow', () => (fails ? failing() : ok));
    const { delivery, settled } = open([failed]);
    delivery.add(telling(first));
    await later(2 * 3_600_000);
    fails = false;
    delivery.replaceRecipients([slow]);
    await later(4000);
    expect(slow.tried).toHaveLength(1);
    isUp = true;
    const resolved = event('drift-resolved');
    delivery.add(telling(resolved, 'CRITICAL'));
    await later(3_600_000);
    expect(ids(slow)).toEqual([first.id, resolved.id]);
    expect(settled.map(({ id, result }) => [id, result])).toEqual([
      [first.id, 'gave-up'],
      [resolved.id, 'sent'],
    ]);
    expect(delivery.pending()).toEqual([]);
    delivery.close();
  });
});

describe('a queue', () => {
  it('that is too long loses reminders first, then changes, and says so', async () => {
    const hung = fake('hung', () => new Promise(() => {}));
    const { delivery, settled } = open([hung]);
    delivery.add(telling(event('drift-detected')));
    const reminders = Array.from({ length: 20 }, () => event('drift-reminder'));
    for (const one of reminders) delivery.add(telling(one));
    await later(10);
    for (let i = 0; i < longestQueue; i++)
      delivery.add(telling(event('drift-resolved', { incident: `${i}` })));
    expect(delivery.pending()).toHaveLength(longestQueue);
    expect(settled.slice(0, 20).map(({ id }) => id)).toEqual(reminders.map(({ id }) => id));
    expect(settled[0]?.reason).toBe(`more than ${longestQueue} events were waiting`);
    delivery.close();
  });
});

describe('another configuration', () => {
  it('keeps the queues of those who stay and gives up those of others', async () => {
    let broken = true;
    const stays = fake('stays', () => (broken ? failing() : ok));
    const leaves = fake('leaves', () => new Promise(() => {}));
    const { delivery, settled } = open([stays, leaves]);
    const one = event('drift-detected');
    delivery.add(telling(one));
    await later(10);
    broken = false;
    const anew = fake('stays', () => ok);
    const comes = fake('comes', () => ok, { everyMs: 60_000 });
    delivery.replaceRecipients([anew, comes]);
    await later(10);
    expect(ids(anew)).toEqual([one.id]);
    expect(comes.tried).toEqual([]);
    expect(comes.renewed.map((r) => r.event)).toEqual([one]);
    expect(settled.map(({ to, result }) => [to, result]).sort()).toEqual([
      ['leaves', 'gave-up'],
      ['stays', 'sent'],
    ]);
    delivery.close();
  });
});

describe('the end', () => {
  it('tries what is due, and waits no longer than it may', async () => {
    const well = fake('well', () => ok);
    const hung = fake('hung', () => new Promise(() => {}));
    const pausing = fake('pausing', () => failing());
    const { delivery } = open([well, hung, pausing]);
    delivery.add(telling(event('drift-detected')));
    let flushed = false;
    void delivery.flush(2000).then(() => {
      flushed = true;
    });
    await later(1900);
    expect([well.tried.length, hung.tried.length, flushed]).toEqual([1, 1, false]);
    await later(200);
    expect(flushed).toBe(true);
    expect(delivery.pending().map(({ to }) => to)).toEqual([['hung', 'pausing']]);
    delivery.close();
  });

  it('comes at once where nothing is due', async () => {
    const pausing = fake('pausing', () => failing());
    const { delivery } = open([fake('well', () => ok), pausing]);
    delivery.add(telling(event('drift-detected')));
    await later(10);
    let flushed = false;
    void delivery.flush(2000).then(() => {
      flushed = true;
    });
    await later(1);
    expect(flushed).toBe(true);
    delivery.close();
  });

  it('is silent: what was in progress is still unsent', async () => {
    let finish: (result: SendResult) => void = () => {};
    const slow = fake(
      'slow',
      () =>
        new Promise((resolve) => {
          finish = resolve;
        }),
    );
    const { delivery, settled } = open([slow]);
    const one = event('drift-detected');
    delivery.add(telling(one));
    await later(10);
    delivery.close();
    finish(ok);
    await later(10_000);
    expect(settled).toEqual([]);
    expect(delivery.add(telling(event('drift-reminder')))).toEqual([]);
  });
});

describe('whatever happens', () => {
  const outcome = fc.constantFrom('ok', 'ok', 'fail', 'final', 'limited', 'slow', 'throw');
  const step = fc.record({
    type: fc.constantFrom(...eventTypes),
    level: fc.constantFrom(...levels),
    incident: fc.constantFrom('a', 'b', 'c'),
    afterMs: fc.constantFrom(0, 0, 1, 900, 40_000),
  });
  const scripts = fc.array(fc.array(outcome, { maxLength: 12 }), { minLength: 1, maxLength: 4 });

  it('each event settles once with each, in order, one at a time, and none waits for another', async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), scripts, async (steps, script) => {
      const answers = (outcomes: readonly string[]) => {
        let turn = 0;
        return (): SendResult | Promise<SendResult> => {
          const what = outcomes[turn++] ?? 'ok';
          if (what === 'throw') throw new Error('unexpected');
          if (what === 'final') return failing({ final: true });
          if (what === 'limited') return failing({ retryAfterMs: 5000 });
          if (what === 'slow') return new Promise((resolve) => setTimeout(() => resolve(ok), 70_000));
          return what === 'ok' ? ok : failing();
        };
      };
      const recipients = script.map((outcomes, index) =>
        fake(`r${index}`, answers(outcomes), {
          minimumLevel: levels[index % levels.length] ?? 'INFO',
          ...(index % 2 === 0 ? { everyMs: 30_000 } : {}),
        }),
      );
      const hung = fake('hung', () => new Promise(() => {}));
      const { delivery, settled } = open([...recipients, hung]);
      const expected = new Map<string, string[]>();
      for (const { afterMs, ...about } of steps) {
        const one = event(about.type, about);
        for (const name of delivery.add(telling(one)))
          expected.set(name, [...(expected.get(name) ?? []), one.id]);
        await later(afterMs);
      }
      await later(7_200_000);
      for (const recipient of recipients) {
        const told = settled.filter(({ to }) => to === recipient.name).map(({ id }) => id);
        expect(told).toEqual(expected.get(recipient.name) ?? []);
        const firstTries = ids(recipient).filter((id, index, all) => all.indexOf(id) === index);
        expect(firstTries).toEqual(told);
        expect(recipient.most()).toBeLessThanOrEqual(1);
        // What is not settled is not overtaken: tries of one event stand together.
        const runs = ids(recipient).filter((id, index, all) => all[index - 1] !== id);
        expect(runs).toEqual(told);
      }
      expect(settled.some(({ to }) => to === 'hung')).toBe(false);
      expect(
        delivery
          .pending()
          .flatMap(({ to }) => to)
          .filter((name) => name !== 'hung'),
      ).toEqual([]);
      delivery.close();
    });
    await fc.assert(property, { numRuns: runs(60) });
  });
});
