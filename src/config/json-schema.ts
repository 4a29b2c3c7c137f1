import * as z from 'zod';
import { configSchema } from './schema.js';

/** Identifies the schema regardless of its location. It changes only with the format of the configuration. */
export const jsonSchemaId = 'urn:jwtcheck:config:1';

/** Start of a variable. */
const variable = '\\$\\{[A-Za-z_]';

type Schema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema (draft 7, which editors support best) of a configuration before expansion. Every text may contain a
 * variable: `"${TIMEOUT:-5s}"` is a duration after expansion. Numbers, true and false are never expanded.
 */
export function configJsonSchema(): z.core.JSONSchema.JSONSchema {
  known ??= makeJsonSchema();
  return known;
}

/** Made once: it takes a fraction of a second, and each unknown key of a configuration is compared with it. */
let known: z.core.JSONSchema.JSONSchema | undefined;

function makeJsonSchema(): z.core.JSONSchema.JSONSchema {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, {
    target: 'draft-07',
    io: 'input',
    override: ({ jsonSchema, path }) => {
      // Keys are not expanded, and `kind` determines the allowed keys.
      if (!path.includes('propertyNames') && path.at(-1) !== 'kind') allowVariable(jsonSchema);
    },
  });
  return {
    ...($schema === undefined ? {} : { $schema }),
    $id: jsonSchemaId,
    title: 'jwtcheck configuration',
    description:
      'The jwtcheck configuration: environments, their participants, and how to check each of them.',
    ...schema,
  };
}

function allowVariable(schema: Schema): void {
  if (schema.type !== 'string') return;
  if (schema.pattern !== undefined) schema.pattern = `${schema.pattern}|${variable}`;
  const { enum: values, const: value, maxLength } = schema;
  if (values === undefined && value === undefined && maxLength === undefined) return;
  // Other annotations, such as the default, stay where editors look for them.
  const limits = { type: 'string', enum: values, const: value, maxLength, minLength: schema.minLength };
  for (const key of ['type', 'enum', 'const', 'maxLength', 'minLength'] as const) delete schema[key];
  const stated = Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
  schema.anyOf = [stated, { type: 'string', pattern: variable }];
}
