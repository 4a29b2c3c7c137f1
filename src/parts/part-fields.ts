import * as z from 'zod';
import { type ReadError, readErrorCodes } from '../model.js';
import { fitStep } from './pasted-commands.js';

/** Longer lists and texts are not written by any check. */
const mostItems = 1_000_000;
const longestText = 16_384;

/** Every member: one that is not listed would be left out without notice. */
export type Shape<T> = { readonly [Key in keyof Required<T>]: z.ZodType };

export const text = z.string().max(longestText);
export const name = text;
export const listOf = <T extends z.ZodType>(item: T) => z.array(item).max(mostItems);
export const count = z.int().min(0);
export const ms = z.number().min(0);
export const port = z.int().min(0).max(65_535);
export const fingerprint = z.string().regex(/^[0-9a-f]{8,64}$/);
export const digest = z.string().regex(/^[0-9a-f]{64}$/);
export const moment = z.iso.datetime();
export const nullable = <T extends z.ZodType>(type: T) => type.nullable();

const step = z
  .union([z.object({ command: text }), z.object({ text })])
  .transform((one) => ('command' in one ? fitStep(one.command) : one));

export const readError = z.object({
  code: z.enum(readErrorCodes),
  message: text,
  hint: z.exactOptional(text),
  steps: z.exactOptional(listOf(step)),
} satisfies Shape<ReadError>);
