import { decoded, encoded } from './base64.js';
import type { Distortion } from './distortion.js';

/** The key is the text as it is, and somebody decoded it because it can be read as base64. */
export const base64Decoded: Distortion = { code: 'base64-decoded', apply: decoded, undo: encoded };
