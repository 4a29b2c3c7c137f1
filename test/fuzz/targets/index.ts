import type { Target } from '../support/target.js';
import { configuration } from './configuration.js';

/** One file each. */
export const targets: readonly Target[] = [configuration];

export const targetNames = targets.map(({ name }) => name);
