import { sanitize } from '../../report/text/sanitize.js';
import type { Io } from '../../system/io.js';
import { type Answers, endpointUrl, type ServiceAnswer } from './answers.js';
import { type Defaults, entryFrom } from './infer-defaults.js';
import {
  entryParts,
  type Given,
  problemWithName,
  problemWithPair,
  problemWithService,
  schemes,
  serviceParts,
} from './init-flags.js';
import { isProject, isSecretId } from './plain-names.js';
import type { Prompt } from './prompt.js';
import { problemWithEntry, problemWithUrl, problemWithVariables } from './validate-answers.js';

const none = '-';

/** The folder of the configuration, and the folder from which paths are typed. */
export interface Here {
  readonly env: Io['env'];
  readonly cwd: string;
  readonly folder: string;
}

/** Asks every question that no flag answers. Enter accepts the default; - means none. */
export async function interview(prompt: Prompt, given: Given, guess: Defaults, here: Here): Promise<Answers> {
  const { env, cwd, folder } = here;
  const environment =
    given.environment ??
    (await prompt.ask('Environment', guess.environment, (text) => problemWithName(text, env)));
  const secret =
    given.secret ?? (given.entry === undefined ? await secretOf(prompt, given, guess, env) : null);
  const entry = given.entry ?? (secret === null ? await entryOf(prompt, guess, env) : null);
  const services = given.services ?? (await servicesOf(prompt, guess, env));
  const asked = services.some(({ url }) => url !== null);
  const tokenVariable =
    given.tokenVariable ??
    (asked
      ? await variableOf(prompt, 'Variable with the token for these endpoints (- for none)', env)
      : null);
  const testVariables = given.testVariables ?? (await testsOf(prompt, guess, env));
  return {
    environment,
    secret,
    entry: entry === null ? null : entryFrom(entry, folder, cwd),
    services,
    tokenVariable,
    testVariables,
  };
}

const orNone =
  (refuse: (text: string) => string | null) =>
  (text: string): string | null =>
    text === none ? null : refuse(text);

async function secretOf(
  prompt: Prompt,
  given: Given,
  guess: Defaults,
  env: Io['env'],
): Promise<Answers['secret']> {
  const project =
    given.project ??
    (await prompt.ask(
      'Google Cloud project whose Secret Manager holds the secret (- for none)',
      guess.project?.project ?? none,
      orNone((text) => (isProject(text) ? problemWithEntry(text, env) : 'specify the id of a project')),
    ));
  if (project === none) return null;
  const secret = await prompt.ask(
    'Name of the secret (- for none)',
    guess.secret?.secret ?? none,
    orNone((text) =>
      isSecretId(text) ? problemWithEntry(text, env) : 'specify its name: letters, digits, - and _',
    ),
  );
  return secret === none ? null : { project, secret, version: 'latest' };
}

async function entryOf(prompt: Prompt, guess: Defaults, env: Io['env']): Promise<Answers['entry']> {
  const found = guess.entry === null ? none : `${guess.entry.path}:${guess.entry.key}`;
  const text = await prompt.ask(
    'Entry of a dotenv file that holds it, PATH:KEY (- for none)',
    sanitize(found) === found ? found : none,
    orNone((typed) => problemWithPair(typed, env)),
  );
  return text === none ? null : entryParts(text);
}

async function servicesOf(prompt: Prompt, guess: Defaults, env: Io['env']): Promise<ServiceAnswer[]> {
  const services: ServiceAnswer[] = [];
  for (const { name, url: found } of guess.services) {
    const url = await prompt.ask(
      `URL of the fingerprint endpoint of ${sanitize(name)} (- to omit it)`,
      found === null ? none : endpointUrl(found),
      orNone((text) => problemWithUrl(text, schemes.http, env)),
    );
    if (url !== none)
      services.push(await withProbe(prompt, { name, url: endpointUrl(url), probes: [] }, env));
  }
  for (;;) {
    const refuse = (text: string): string | null =>
      problemWithService(text, schemes.http, env) ??
      (services.some(({ name }) => name === serviceParts(text).name) ? 'this name already exists' : null);
    const another = services.length === 0 ? 'A service, NAME=URL' : 'Another service, NAME=URL';
    const text = await prompt.ask(`${another} (- for no more)`, none, orNone(refuse));
    if (text === none) return services;
    const { name, url } = serviceParts(text);
    services.push(await withProbe(prompt, { name, url: endpointUrl(url), probes: [] }, env));
  }
}

async function withProbe(prompt: Prompt, service: ServiceAnswer, env: Io['env']): Promise<ServiceAnswer> {
  const url = await prompt.ask(
    `URL of ${sanitize(service.name)} that requires a token, HTTP or WebSocket (- for none)`,
    none,
    orNone((text) => problemWithUrl(text, [...schemes.http, ...schemes.websocket], env)),
  );
  if (url === none) return service;
  const kind = /^wss?:/i.test(url) ? 'websocket' : 'http';
  return { ...service, probes: [{ kind, url }] };
}

async function variableOf(prompt: Prompt, question: string, env: Io['env']): Promise<string | null> {
  const name = await prompt.ask(
    question,
    none,
    orNone((text) => problemWithVariables([text], env)),
  );
  return name === none ? null : name;
}

async function testsOf(prompt: Prompt, guess: Defaults, env: Io['env']): Promise<string[]> {
  const split = (text: string): string[] => text.split(',').map((name) => name.trim());
  const text = await prompt.ask(
    'Variables from which tests read it, separated by commas (- for none)',
    guess.variables.map(({ name }) => name).join(',') || none,
    orNone((typed) => problemWithVariables(split(typed), env)),
  );
  return text === none ? [] : split(text);
}
