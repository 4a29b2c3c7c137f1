import type { ReadError } from '../../model.js';

/** The final result of one event for one recipient. */
export interface Settlement {
  readonly result: 'sent' | 'gave-up';
  /** The reason for giving up, safe to display; `null` if it was sent. */
  readonly reason: string | null;
  /** The number of attempts. */
  readonly tries: number;
}

type Tried = Pick<Settlement, 'tries'>;

/** It is not tried again. */
export const gaveUp = (reason: string, { tries }: Tried): Settlement => ({
  result: 'gave-up',
  reason,
  tries,
});

/** What has to be fixed at once, because nothing is tried again. */
export const withHint = ({ message, hint }: ReadError): string =>
  hint === undefined ? message : `${message.replace(/\.$/, '')}. ${hint}`;

export const gaveUpAfter = (message: string, item: Tried): Settlement =>
  gaveUp(`${message} (${item.tries} tries)`, item);

export const outdated = (item: Tried): Settlement =>
  gaveUp('it could not be sent in time, and a later event of its incident follows', item);
