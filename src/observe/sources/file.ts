import { z } from 'zod';
import { failed, type Source } from './source.js';

const schema = z
  .strictObject({
    kind: z.literal('file'),
    path: z.string().min(1).describe('Path, relative to the configuration file.'),
    key: z.string().min(1).optional().describe('Take this entry of a dotenv file instead of the whole file.'),
  })
  .describe('A file, or one entry of a dotenv file, as is.');

export const file: Source<typeof schema> = {
  schema,
  target: (source, world) => world.label(source.path),
  yieldsSecret: () => true,
  async read() {
    return failed({ code: 'not-found', message: 'pending' });
  },
};
