import { describe, expect, it } from 'vitest';
import type { AlertPolicy } from '../../src/monitor/model.js';
import { plainPolicy, watch } from '../support/watching.js';

/** `2 drift-detected CRITICAL` for each event: the number of the check from 1, what, how bad; `urgency` where it is another. */
function events(letters: string, policy: Partial<AlertPolicy> = {}): string[] {
  return watch(letters, { ...plainPolicy, ...policy }).told.flatMap((tellings, index) =>
    tellings.map(({ event, urgency }) =>
      [index + 1, event.type, event.level, ...(urgency === event.level ? [] : [`as ${urgency}`])].join(' '),
    ),
  );
}

const detected = '2 drift-detected WARNING';

describe('a drift', () => {
  it.each<[string, string[], Partial<AlertPolicy>?]>([
    ['G G G', []],
    ['W', []],
    ['W W', [detected]],
    ['W G W', []],
    ['W W W W', [detected]],
    ['W W', ['1 drift-detected WARNING'], { failureThreshold: 1 }],
    ['W W W', ['3 drift-detected WARNING'], { failureThreshold: 3 }],
    // One is enough for an EMERGENCY.
    ['E', ['1 drift-detected EMERGENCY']],
    ['W E', ['2 drift-detected EMERGENCY']],
    // What cannot tell neither adds to the row nor ends it.
    ['W b W', ['3 drift-detected WARNING']],
    ['W F W', ['3 drift-detected WARNING']],
    ['C C G', ['2 drift-detected CRITICAL']],
    ['C C G G', ['2 drift-detected CRITICAL', '4 drift-resolved INFO as CRITICAL']],
    ['C C G b G', ['2 drift-detected CRITICAL']],
    ['C C G F G G', ['2 drift-detected CRITICAL', '6 drift-resolved INFO as CRITICAL']],
    ['C C G C G G', ['2 drift-detected CRITICAL', '6 drift-resolved INFO as CRITICAL']],
    ['W W b b', [detected, '4 participant-unreachable WARNING']],
    // Another level, participant or cause.
    ['W W C', [detected]],
    ['W W C C', [detected, '4 drift-changed CRITICAL']],
    ['W W E', [detected, '3 drift-changed EMERGENCY']],
    ['W W V V', [detected, '4 drift-changed WARNING']],
    ['W W U U', [detected, '4 drift-changed WARNING']],
    ['W W V W V W V', [detected]],
    ['W W V G V', [detected]],
    ['W W V b V', [detected, '5 drift-changed WARNING']],
    // Not steady, but not what was told either.
    ['W W V C', [detected, '4 drift-changed CRITICAL']],
    // Those who were told of the worst hear of the better.
    ['E W W', ['1 drift-detected EMERGENCY', '3 drift-changed WARNING as EMERGENCY']],
    [
      'E W W G G',
      [
        '1 drift-detected EMERGENCY',
        '3 drift-changed WARNING as EMERGENCY',
        '5 drift-resolved INFO as EMERGENCY',
      ],
    ],
    ['E W E W E W', ['1 drift-detected EMERGENCY']],
    // What could not be told is no change.
    ['W W X X X', [detected]],
    ['H H', ['2 drift-detected CRITICAL']],
    ['H H G G', ['2 drift-detected CRITICAL', '4 drift-resolved INFO as CRITICAL']],
  ])('%s', (letters, expected, policy) => {
    expect(events(letters, policy)).toEqual(expected);
  });
});

describe('reminders', () => {
  const remindEvery = 3 * 60_000;

  it.each<[string, string[]]>([
    ['W W W W W', [detected, '5 drift-reminder WARNING']],
    ['W W W W W W W W', [detected, '5 drift-reminder WARNING', '8 drift-reminder WARNING']],
    ['W W G W G', [detected]],
    ['W W b W x', [detected, '5 drift-reminder WARNING']],
    ['W W V V W V V', [detected, '4 drift-changed WARNING', '7 drift-reminder WARNING']],
  ])('%s', (letters, expected) => {
    expect(events(letters, { remindEvery })).toEqual(expected);
  });
});

describe('participants that cannot be reached', () => {
  it.each<[string, string[], Partial<AlertPolicy>?]>([
    ['b', []],
    ['b b', ['2 participant-unreachable WARNING']],
    ['b G b', []],
    ['b b b G', ['2 participant-unreachable WARNING']],
    ['b b G G', ['2 participant-unreachable WARNING', '4 participant-recovered INFO as WARNING']],
    ['b b G b G G', ['2 participant-unreachable WARNING', '6 participant-recovered INFO as WARNING']],
    ['b G G', []],
    ['p p', ['2 participant-unreachable WARNING']],
    ['q q q', []],
    ['o o o', []],
    ['b b o', ['2 participant-unreachable WARNING', '3 participant-recovered INFO as WARNING']],
    ['b b l', ['2 participant-unreachable WARNING', '3 participant-recovered INFO as WARNING']],
    ['b l b', []],
    // Whoever is wrong and answered is not away besides.
    ['X X X', [detected]],
    ['d d', ['2 participant-unreachable WARNING', '2 participant-unreachable WARNING']],
    // One drops out while the other is told.
    [
      'b b a a',
      [
        '2 participant-unreachable WARNING',
        '4 participant-unreachable WARNING',
        '4 participant-recovered INFO as WARNING',
      ],
    ],
  ])('%s', (letters, expected, policy) => {
    expect(events(letters, policy).sort()).toEqual([...expected].sort());
  });
});

describe('the monitor itself', () => {
  const degraded = '2 monitor-degraded WARNING';

  it.each<[string, string[], Partial<AlertPolicy>?]>([
    ['F', []],
    ['F F', [degraded]],
    ['F F F', [degraded]],
    ['F G F', []],
    ['r r', [degraded]],
    ['n n', [degraded]],
    ['m m', [degraded]],
    ['x x', [degraded]],
    ['F r', [degraded]],
    ['F F G G', [degraded, '4 monitor-recovered INFO as WARNING']],
    ['F F G F G G', [degraded, '6 monitor-recovered INFO as WARNING']],
    // While it sees nothing, nobody goes away and nobody comes back.
    ['b n b', ['3 participant-unreachable WARNING']],
    ['b b F F', ['2 participant-unreachable WARNING', '4 monitor-degraded WARNING']],
    [
      'b b n n G G',
      [
        '2 participant-unreachable WARNING',
        '4 monitor-degraded WARNING',
        '6 participant-recovered INFO as WARNING',
        '6 monitor-recovered INFO as WARNING',
      ],
    ],
    // An incident stays open.
    [
      'C C F F C G G',
      [
        '2 drift-detected CRITICAL',
        '4 monitor-degraded WARNING',
        '6 monitor-recovered INFO as WARNING',
        '7 drift-resolved INFO as CRITICAL',
      ],
    ],
    // Another trouble in every check: untold for a while, not for ever.
    ['a b a', []],
    ['a b a b', ['4 monitor-degraded WARNING']],
    ['W a b F', ['4 monitor-degraded WARNING']],
  ])('%s', (letters, expected, policy) => {
    expect(events(letters, policy)).toEqual(expected);
  });
});
