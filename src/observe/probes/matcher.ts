import { z } from 'zod';
import { jsonPointer } from '../../config/fields.js';

const json = z
  .record(jsonPointer, z.json())
  .describe('JSON Pointer (RFC 6901) into the answer, and the value it must have.');
const includes = z.string().min(1).describe('Text that the answer must contain.');

/** Holds when all that it names hold. */
export const httpMatcher = z.strictObject({
  status: z.array(z.int().min(100).max(599)).min(1).optional().describe('Any of these HTTP statuses.'),
  json: json.optional(),
  includes: includes.optional(),
});

/** Holds when all that it names hold. */
export const messageMatcher = z.strictObject({ json: json.optional(), includes: includes.optional() });

export type HttpMatcher = z.output<typeof httpMatcher>;
export type MessageMatcher = z.output<typeof messageMatcher>;
