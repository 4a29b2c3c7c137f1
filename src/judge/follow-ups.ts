import type { Attempt, FollowUpChange, FollowUpResult, UnchangedToken } from '../model.js';

/** A follow-up with a change of one kind. */
export type FollowUpOf<W extends FollowUpChange['what']> = FollowUpResult & {
  readonly changed: Extract<FollowUpChange, { readonly what: W }>;
};

/** Whether a follow-up changed this. */
export const hasChanged =
  <W extends FollowUpChange['what']>(what: W) =>
  (followUp: FollowUpResult): followUp is FollowUpOf<W> =>
    followUp.changed.what === what;

/** The unchanged token of a follow-up; `null` if it was changed. */
export const unchangedOf = ({ changed }: FollowUpResult): UnchangedToken | null =>
  changed.what === 'nothing' ? changed : null;

/** The kind of token that got this answer; `null` for a changed one. */
export function tokenOf(answer: Attempt | FollowUpResult): Attempt['token'] | null {
  return 'token' in answer ? answer.token : (unchangedOf(answer)?.token ?? null);
}
