import { z } from 'zod';
import { failed, type Source } from './source.js';

const schema = z
  .strictObject({
    kind: z.literal('google-secret-manager'),
    project: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.:-]*$/i, 'not a project id or number')
      .describe('Google Cloud project id or number.'),
    secret: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,255}$/, 'not a secret id: letters, digits, - and _')
      .describe('Name of the secret.'),
    version: z
      .union([
        z
          .string()
          .regex(/^(latest|[1-9]\d*|[A-Za-z][A-Za-z0-9_-]{0,62})$/, 'expected latest, a number or an alias'),
        z.int().positive().transform(String),
      ])
      .default('latest')
      .describe('latest, a version number or a version alias.'),
    location: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'not a location')
      .optional()
      .describe('Location of a regional secret.'),
    history: z
      .int()
      .min(0)
      .max(50)
      .default(5)
      .describe('How many older enabled versions to fingerprint once something differs; 0 turns it off.'),
    transport: z.enum(['rest', 'grpc']).default('rest'),
    endpoint: z.string().min(1).optional().describe('Another API endpoint; http:// only on loopback.'),
  })
  .describe('Google Secret Manager, read with Application Default Credentials.');

export const googleSecretManager: Source<typeof schema> = {
  schema,
  target: (source) => `projects/${source.project}/secrets/${source.secret}`,
  yieldsSecret: () => true,
  async read() {
    return failed({ code: 'connection', message: 'pending' });
  },
};
