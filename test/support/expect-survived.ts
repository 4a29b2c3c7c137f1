import { expect } from 'vitest';
import { readHistory } from '../../src/monitor/history/read.js';
import { brokenIncidents, distinct, overlapping, type Survived, wronglyRepeated } from './killed-watch.js';

/** No event was lost, only events that a kill interrupted were sent twice, and the history matches the webhook. */
export async function expectSurvived({ kills, told, state, historyFile, said }: Survived): Promise<void> {
  expect(wronglyRepeated(told)).toEqual([]);
  const events = distinct(told);
  expect(told.length - events.length).toBeLessThanOrEqual(kills);
  expect(events.length).toBeGreaterThan(Math.min(kills / 4, 4));
  expect(brokenIncidents(events)).toEqual([]);
  expect(overlapping(events)).toEqual([]);

  const kept: string[] = [];
  let skipped = 0;
  for await (const record of readHistory(historyFile, { onSkipped: () => skipped++ })) {
    if (record.type === 'event') kept.push(record.event.id);
    else expect(['check', 'keys']).toContain(record.type);
  }
  expect(kept).toEqual(events.map(({ id }) => id));
  // Each kill truncates at most one line; on an idle, fast machine it may truncate none.
  expect(skipped).toBeLessThanOrEqual(kills);
  expect(state).toMatchObject({ unsent: [], open: [], environments: { staging: { incident: null } } });
  for (const text of said) expect(text).not.toMatch(/set aside|could not|bug in/);
}
