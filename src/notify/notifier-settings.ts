import * as z from 'zod';
import { levels } from '../model.js';
import { timeout, tls } from '../schema/fields.js';

/** The default timeout of one attempt, in milliseconds. */
export const defaultTimeoutMs = 10_000;

/** The settings common to every kind. */
export const common = {
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
      'expected up to 64 letters, digits, dots, dashes, underscores',
    )
    .optional()
    .describe('What metrics and the history call it. Default: its kind, then kind-2 and so on.'),
  minimumLevel: z.enum(levels).default('WARNING').describe('Events below this level are not sent to it.'),
  timeout: timeout.optional().describe('How long one try may take; default 10s.'),
  tls: tls.optional(),
};
