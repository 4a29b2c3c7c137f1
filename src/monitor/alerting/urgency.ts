import { type Level, levels } from '../../model.js';

/** Whether `level` is more urgent than `other`. */
export function isWorse(level: Level, other: Level): boolean {
  return levels.indexOf(level) > levels.indexOf(other);
}

/** The more urgent one. */
export function worse(one: Level, other: Level): Level {
  return isWorse(other, one) ? other : one;
}
