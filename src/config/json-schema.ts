import * as z from 'zod';
import { configSchema } from './schema.js';

/** Names the schema, wherever a copy of it lies. It changes only with the configuration's format. */
export const jsonSchemaId = 'urn:jwtcheck:config:1';

/** How a variable begins. */
const variable = '\\$\\{[A-Za-z_]';

type Schema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (draft 7, which editors know best) of the configuration as people write it. Where a text is wanted,
 * a variable may stand: `"${TIMEOUT:-5s}"` is a duration once it is put in. Numbers, true and false are never put in.
 */
export function configJsonSchema(): z.core.JSONSchema.JSONSchema {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    target: 'draft-07',
    io: 'input',
    override: ({ jsonSchema, path }) => {
      // Keys are not expanded, and `kind` tells which keys there are.
      if (!path.includes('propertyNames') && path.at(-1) !== 'kind') allowVariable(jsonSchema);
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

function allowVariable(schema: Schema): void {
  if (schema.type !== 'string') return;
  if (schema.pattern !== undefined) schema.pattern = `${schema.pattern}|${variable}`;
  const { enum: values, const: value, maxLength } = schema;
  if (values === undefined && value === undefined && maxLength === undefined) return;
  // Whatever else is said of it, such as its default, stays where editors look for it.
  const limits = { type: 'string', enum: values, const: value, maxLength, minLength: schema.minLength };
  for (const key of ['type', 'enum', 'const', 'maxLength', 'minLength'] as const) delete schema[key];
  const stated = Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
  schema.anyOf = [stated, { type: 'string', pattern: variable }];
}
