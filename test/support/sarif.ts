import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import * as formats from 'ajv-formats';
import * as z from 'zod';

/** Draft 4 of the schema uses `id` where later drafts use `$id`; nothing else differs. */
const schema = z
  .record(z.string(), z.unknown())
  .parse(JSON.parse(readFileSync(new URL('../data/schemas/sarif-2.1.0.json', import.meta.url), 'utf8')));
const { id: _id, $schema: _draft, ...body } = schema;

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
formats.default.default(ajv);
const validate = ajv.compile(body);

/** The errors of a document against the schema of SARIF 2.1.0. */
export function sarifProblems(document: unknown): string[] {
  if (validate(document)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

const place = z.object({
  physicalLocation: z
    .object({
      artifactLocation: z.object({ uri: z.string(), uriBaseId: z.string().optional() }),
      region: z.object({ startLine: z.number() }),
    })
    .optional(),
  logicalLocations: z.array(z.object({ name: z.string() })).optional(),
});

const log = z.object({
  runs: z.tuple([
    z.object({
      tool: z.object({ driver: z.object({ rules: z.array(z.object({ id: z.string() })) }) }),
      invocations: z.tuple([
        z.object({
          executionSuccessful: z.boolean(),
          exitCode: z.number(),
          toolExecutionNotifications: z.array(
            z.object({ level: z.string(), message: z.object({ text: z.string() }) }),
          ),
        }),
      ]),
      results: z.array(
        z.object({
          ruleId: z.string(),
          ruleIndex: z.number().optional(),
          level: z.string(),
          message: z.object({ text: z.string() }),
          locations: z.array(place),
          partialFingerprints: z.record(z.string(), z.string()),
        }),
      ),
    }),
  ]),
});

/** The one run of a document. */
export function sarifRun(text: string) {
  return log.parse(JSON.parse(text)).runs[0];
}
