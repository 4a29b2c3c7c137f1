import { elapsed } from '../../notify/event.js';

/** Changes of one incident that are reported without delay. */
const freeChanges = 5;

/** Milliseconds between later changes if reminders are disabled. */
const defaultGap = 1_800_000;

/** Whether a change of an incident may be reported now: the first few at once, later ones as rarely as reminders. */
export function mayChange(
  { changes, toldAt }: { readonly changes: number; readonly toldAt: string },
  { at, remindEvery }: { readonly at: string; readonly remindEvery: number },
): boolean {
  if (changes < freeChanges) return true;
  return elapsed(toldAt, at) >= (remindEvery === 0 ? defaultGap : remindEvery);
}

/** Whether a reminder of an earlier report is due. */
export function isReminderDue(toldAt: string, at: string, remindEvery: number): boolean {
  return remindEvery > 0 && elapsed(toldAt, at) >= remindEvery;
}
