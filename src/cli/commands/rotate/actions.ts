import type { RotateCommand } from '../../../rotate/rotation-plan.js';

/** What `jwtcheck rotate` can do, in the order of the help. */
export const rotateActions = [
  { name: 'plan', description: 'what a rotation would do and whether it may begin' },
  { name: 'start', description: 'add a new version that services accept before they sign with it' },
  { name: 'next', description: 'the next step, once its gate holds' },
  { name: 'status', description: 'where it stands and what it waits for' },
  { name: 'rollback', description: 'one step back, as long as nothing is disabled' },
  { name: 'emergency', description: 'the old key has leaked: replace it at once' },
] as const satisfies readonly { readonly name: RotateCommand; readonly description: string }[];

/** The longest `--wait`, milliseconds: a drain may take weeks, but no terminal stays open as long. */
export const longestWaitMs = 7 * 86_400_000;
