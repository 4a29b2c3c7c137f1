import { elapsed } from '../../notify/event.js';

/** Changes of one incident that are reported as they come. */
const freeChanges = 5;

/** Milliseconds between later ones where nothing is reminded of. */
const defaultGap = 1_800_000;

/** Whether a change of an incident may be reported now: the first few at once, later ones as rarely as reminders. */
export function mayChange(
  { changes, toldAt }: { readonly changes: number; readonly toldAt: string },
  { at, remindEvery }: { readonly at: string; readonly remindEvery: number },
): boolean {
  if (changes < freeChanges) return true;
  return elapsed(toldAt, at) >= (remindEvery === 0 ? defaultGap : remindEvery);
}

/** Whether it is time to remind of something that was reported then. */
export function isReminderDue(toldAt: string, at: string, remindEvery: number): boolean {
  return remindEvery > 0 && elapsed(toldAt, at) >= remindEvery;
}
