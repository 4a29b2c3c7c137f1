import * as z from 'zod';
import { configSchema } from './schema.js';

/** Names the schema, wherever a copy of it lies. It changes only with the configuration's format. */
export const jsonSchemaId = 'urn:jwtcheck:config:1';

/**
 * The JSON Schema (draft 7, which editors know best) of the configuration as people write it. A text with a
 * pattern may also hold a variable: `"${TIMEOUT:-5s}"` is a duration once it is put in.
 */
export function configJsonSchema(): z.core.JSONSchema.JSONSchema {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    target: 'draft-07',
    io: 'input',
    override: ({ jsonSchema, path }) => {
      // Keys are not expanded.
      if (path.at(-1) === 'propertyNames' || jsonSchema.pattern === undefined) return;
      jsonSchema.pattern = `${jsonSchema.pattern}|\\$\\{[A-Za-z_]`;
    },
  });
  return {
    ...($schema === undefined ? {} : { $schema }),
    $id: jsonSchemaId,
    title: 'jwtcheck configuration',
    description: 'What jwtcheck checks: environments, their participants, and how to ask each of them.',
    ...schema,
  };
}
