import type { Target } from '../support/target.js';
import { configuration } from './configuration.js';
import { httpAnswers } from './http-answers.js';
import { notifiers } from './notifiers.js';
import { secretManager } from './secret-manager.js';
import { websocketFrames } from './websocket-frames.js';

/** One file each. */
export const targets: readonly Target[] = [
  configuration,
  httpAnswers,
  websocketFrames,
  secretManager,
  notifiers,
];

export const targetNames = targets.map(({ name }) => name);
