import { commandLine } from '../rotate/describe-steps.js';
import { formatDuration } from '../schema/duration.js';
import { type Action, classOf } from './action.js';

/** An action: what it does in one line, and exactly what would be written or run. */
interface ActionText {
  readonly title: string;
  readonly details: readonly string[];
}

/** An action in words. */
export function describeAction(action: Action): ActionText {
  switch (action.do) {
    case 'rollout':
      return {
        title: `Roll out ${action.participant}, so that it reads its secret again`,
        details: [
          commandLine(action.argv, (text) => text),
          `time limit ${formatDuration(action.timeoutMs)}; jwtcheck cannot restart one instance first, because only this program knows the instances`,
        ],
      };
    case 'new-version':
      return {
        title: `Add a version of ${action.participant} without the fault of version ${action.from} (${action.removes.join(', ')})`,
        details: [
          `its fingerprint is ${action.fingerprint}, which ${action.holders.join(', ')} already hold`,
          `version ${action.from} stays enabled`,
        ],
      };
    case 'file':
      return {
        title: `Write the secret of the reference to ${action.key} in ${action.path}, for ${action.participant}`,
        details: ['owner and mode stay; the old file is kept beside it'],
      };
  }
}

/** What consent an action needs, in words. */
export const consentText = (action: Action): string =>
  classOf[action.do] === 'safe' ? 'safe' : `asks: --yes or --allow ${action.do}`;

/** One line for a notification. */
export function actionLine(action: Action): string {
  const { title, details } = describeAction(action);
  const [first = ''] = details;
  return action.do === 'rollout' ? `${title}: ${first}` : title;
}
