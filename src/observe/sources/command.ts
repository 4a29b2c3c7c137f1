import { z } from 'zod';
import { timeout } from '../../config/fields.js';
import { failed, type Source } from './source.js';

const schema = z
  .strictObject({
    kind: z.literal('command'),
    run: z.array(z.string()).min(1).describe('Program and arguments; no shell.'),
    output: z.enum(['secret', 'fingerprint']).default('secret').describe('What the program prints.'),
    timeout: timeout.optional(),
  })
  .describe('A program that prints the secret or its fingerprint. One trailing newline is taken off.');

export const command: Source<typeof schema> = {
  schema,
  target: (source, world) => world.label(source.run[0] ?? ''),
  yieldsSecret: (source) => source.output === 'secret',
  async read() {
    return failed({ code: 'command-failed', message: 'pending' });
  },
};
