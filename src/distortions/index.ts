import type { Distortion } from './distortion.js';
import { trailingNewline } from './trailing-newline.js';

/** Every distortion that is known, in the order in which causes are claimed. */
export const distortions: readonly Distortion[] = [trailingNewline];
