import type { JsonValue } from '../../model.js';
import { type Path, pathKey } from '../../schema/path.js';
import type { Answers, ServiceAnswer } from './answers.js';

/** A configuration, and comments for its keys. */
export interface Draft {
  readonly tree: { readonly [key: string]: JsonValue };
  /** Comment lines by the `pathKey` of the key below them. */
  readonly comments: ReadonlyMap<string, readonly string[]>;
}

const referenceNames = { secret: 'secret_manager', entry: 'dotenv', tests: 'test_framework' } as const;

/** Generates the configuration for the answers, with comments on everything that is worth changing. */
export function draftOf(answers: Answers, schema: string): Draft {
  const { environment, secret, entry, services, testVariables, tokenVariable } = answers;
  const comments = new Map<string, readonly string[]>();
  const note = (path: Path, ...lines: readonly string[]): void => void comments.set(pathKey(path), lines);
  const participants: Record<string, JsonValue> = {};
  const here = (name: string): Path => ['environments', environment, 'participants', name];

  if (secret !== null) {
    const { project, secret: id, version } = secret;
    participants[referenceNames.secret] = {
      source: { kind: 'google-secret-manager', project, secret: id, version },
    };
    note(
      here(referenceNames.secret),
      'Read with Application Default Credentials: gcloud auth application-default login.',
    );
  }
  if (entry !== null) {
    participants[referenceNames.entry] = { source: { kind: 'file', path: entry.path, key: entry.key } };
    note(here(referenceNames.entry), 'Its value is read when jwtcheck runs, and is never shown.');
  }
  for (const service of services) {
    participants[service.name] = participantOf(service, tokenVariable);
    note(here(service.name), ...notesOf(service));
  }
  if (testVariables.length > 0) {
    participants[referenceNames.tests] = {
      source: { kind: 'env', names: [...testVariables] },
      optional: true,
    };
    note(
      here(referenceNames.tests),
      'What tests sign with, on the machine that runs jwtcheck: the first variable that is set.',
      'If their code has a fallback, add "fallback": "…" with the same text, so that jwtcheck can name it.',
    );
  }
  const reference = secret !== null ? referenceNames.secret : entry !== null ? referenceNames.entry : null;
  note(
    ['$schema'],
    'The services that should hold the same JWT secret, and how to check each of them.',
    `Editors complete and explain every key. Do not write secrets here: \${NAME} reads them from the environment.`,
  );
  note(['defaultEnvironment'], 'The default environment; use jwtcheck -e NAME for another one');
  if (reference !== null)
    note(['environments', environment, 'reference'], 'The participant that is right by definition.');
  note(
    ['controls'],
    'Invalid tokens that every probe must reject. Stricter: "all" adds expired, unsigned and tampered ones.',
  );
  return {
    tree: {
      $schema: schema,
      defaultEnvironment: environment,
      controls: ['forged', 'missing'],
      environments: { [environment]: { ...(reference === null ? {} : { reference }), participants } },
    },
    comments,
  };
}

function participantOf({ url, probes }: ServiceAnswer, tokenVariable: string | null): JsonValue {
  const headers = tokenVariable === null ? {} : { headers: { authorization: `Bearer \${${tokenVariable}}` } };
  return {
    ...(url === null ? {} : { source: { kind: 'http', url, ...headers } }),
    ...(probes.length === 0 ? {} : { probes: probes.map((probe) => ({ ...probe })) }),
  };
}

/** Suggestions for this service. */
function notesOf({ url, probes }: ServiceAnswer): string[] {
  const lines: string[] = [];
  if (url !== null)
    lines.push('The endpoint that reports the fingerprint of its secret; import it from jwtcheck/endpoint.');
  if (probes.length === 0 && url !== null) {
    lines.push(
      'To test real tokens as well, add a URL that requires one:',
      `"probes": [{ "kind": "http", "url": "${new URL(url).origin}/…" }]`,
    );
  }
  return lines;
}
