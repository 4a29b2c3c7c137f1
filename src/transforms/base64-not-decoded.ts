import { decoded, encoded } from './base64.js';
import type { Distortion } from './distortion.js';

/** The text in base64 is used, where the key is the bytes that it stands for. */
export const base64NotDecoded: Distortion = { code: 'base64-not-decoded', apply: encoded, undo: decoded };
