import { type Control, controls, type RequestedControl, standardControls } from '../model.js';

/** The controls of a check. */
export interface RequestedControls {
  readonly controls: readonly Control[];
  /** The version whose key signs the control `retired`; `null`: the newest one before the current version. */
  readonly retiredVersion: string | null;
}

const isControl = (name: string): name is Control => controls.some((control) => control === name);

/** Whether it names a control, or `retired` with the number of a version. */
export const isRequestedControl = (name: string): name is RequestedControl =>
  isControl(name) || /^retired:[1-9]\d{0,14}$/.test(name);

/** The names of all controls, for messages. */
export const controlNames: readonly string[] = [...controls, 'retired:VERSION'];

/** Whether the control `retired` is named more than once, with different versions perhaps. */
export const namesRetiredTwice = (list: readonly string[]): boolean =>
  list.filter((name) => name === 'retired' || name.startsWith('retired:')).length > 1;

/** Explains `namesRetiredTwice`. */
export const retiredOnce = 'name retired once, with one version: retired:6';

/**
 * Resolves `all`, `none` or a list. `retired` comes with `forged`: an answer to a retired key proves something only in
 * comparison with the answer to a key that no service holds.
 */
export function requestedControls(given: 'all' | 'none' | readonly RequestedControl[]): RequestedControls {
  if (given === 'none') return { controls: [], retiredVersion: null };
  if (given === 'all') return { controls: standardControls, retiredVersion: null };
  const names = given.map((name): Control => (isControl(name) ? name : 'retired'));
  const versions = given.flatMap((name) => (isControl(name) ? [] : [name.slice('retired:'.length)]));
  const all = new Set(names);
  const compared: readonly Control[] = all.has('retired') && !all.has('forged') ? ['forged'] : [];
  return { controls: [...compared, ...all], retiredVersion: versions[0] ?? null };
}
