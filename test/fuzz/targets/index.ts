import type { Target } from '../support/target.js';
import { configuration } from './configuration.js';
import { httpAnswers } from './http-answers.js';
import { websocketFrames } from './websocket-frames.js';

/** One file each. */
export const targets: readonly Target[] = [configuration, httpAnswers, websocketFrames];

export const targetNames = targets.map(({ name }) => name);
