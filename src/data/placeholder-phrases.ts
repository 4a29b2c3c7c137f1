/**
 * Placeholders as templates and tutorials write them: `your-super-secret-jwt-key-change-in-production`. Nobody can list
 * them all, for every author puts the same few words together anew; the words below are those that public `.env` files,
 * Compose files and fallbacks in code use.
 */

/** Whose secret it is said to be, where it may be called anything. */
const owners = ['your', 'my', ''];

/** How good it is said to be. */
const qualities = [
  '',
  'super',
  'super secret',
  'super secure',
  'very secret',
  'very secure',
  'secure',
  'strong',
  'random',
  '256 bit',
];

const nouns = [
  'secret',
  'secret key',
  'jwt secret',
  'jwt secret key',
  'secret jwt key',
  'jwt key',
  'jwt token',
  'secret token',
  'access secret',
  'refresh secret',
  'access token secret',
  'refresh token secret',
  'auth secret',
  'session secret',
  'nextauth secret',
  'signing key',
];

/** What a default is for, and what it is called then. */
const purposes = [
  'dev',
  'dev only',
  'development',
  'local',
  'local dev',
  'local development',
  'test',
  'test only',
  'e2e test',
  'unit test',
  'ci',
  'default',
  'default dev',
  'fallback',
  'demo',
  'insecure',
  'insecure dev',
  'dev insecure',
  'insecure default',
  'unsafe',
  'temp',
  'temporary',
  'example',
  'sample',
  'dummy',
  'fake',
  'placeholder',
  'staging',
  'production',
  'prod',
  'some',
];

const purposeNouns = [
  'secret',
  'secret key',
  'jwt secret',
  'jwt secret key',
  'jwt key',
  'key',
  'jwt',
  'auth secret',
  'access secret',
  'refresh secret',
  'super secret',
];

/** What the author asks for at the end. */
const requests = [
  '',
  'here',
  'change me',
  'change this',
  'change it',
  'please change',
  'please change me',
  'change me please',
  'change in production',
  'change in prod',
  'change this in production',
  'change this in prod',
  'change me in production',
  'change me in prod',
  'change before production',
  'change for production',
  'change later',
  'replace me',
  'replace in production',
  'do not use',
  'do not use in production',
  'do not use in prod',
  'not for production',
  'for dev',
  'for dev only',
  'for development',
  'for development only',
  'for testing',
  'for testing only',
  'for tests',
  'for local dev',
  'for local development',
  'for demo',
  'only',
];

/** How long it ought to be, and digits that only fill it up. */
const fillings = [
  'min 32 chars',
  'min 32 chars long',
  'min 32 characters',
  'min 32 characters long',
  'minimum 32 chars',
  'minimum 32 characters',
  'minimum 32 characters long',
  'at least 32 chars',
  'at least 32 chars long',
  'at least 32 characters',
  'at least 32 characters long',
  'that is at least 32 characters long',
  'must be at least 32 characters',
  'must be at least 32 characters long',
  'with at least 32 characters',
  '32 chars',
  '32 characters',
  'min 64 chars',
  'at least 64 characters',
  '1',
  '123',
  '1234',
  '12345',
  '123456',
  '2023',
  '2024',
  '2025',
  '2026',
];

/** Instructions that stand in the place of the value. */
const instructions = [
  '',
  'a',
  'some',
  'any',
  'use a',
  'put a',
  'put your',
  'add your',
  'enter your',
  'insert your',
  'set a',
  'set your',
  'generate a',
  'create a',
  'replace with',
  'replace with a',
  'replace with your',
  'replace this with a',
  'replace me with a',
  'change to a',
  'change this to a',
  'change me to a',
  'please change this to a',
  'please change to a',
  'please set a',
];

const wanted = [
  'secret',
  'secret key',
  'jwt secret',
  'jwt secret key',
  'key',
  'string',
  'secret string',
  'value',
  'secret value',
  'token',
  'password',
];

const wantedQualities = [
  '',
  'random',
  'long random',
  'very long random',
  'strong',
  'strong random',
  'secure',
  'secure random',
  'random long',
  'long',
  'real',
];

const wantedEndings = ['', 'here', 'in production', 'at least 32 characters', 'min 32 chars'];

/** Nothing but the request. */
const bareRequests = [
  'change me',
  'change this',
  'change it',
  'change me now',
  'change me please',
  'please change',
  'please change me',
  'please change this',
  'please change it',
  'change me later',
  'change this value',
  'change this key',
  'change this secret',
  'change this secret key',
  'change this jwt secret',
  'change your secret',
  'change me secret',
  'please change this secret',
  'changeme',
  'unsecure change me',
  'insecure change me',
];

const bareEndings = [
  '',
  'now',
  'please',
  'later',
  'in production',
  'in prod',
  'in env',
  'for production',
  'before production',
  'before deploy',
  'immediately',
  'min 32 chars',
  'min 32 characters',
  'at least 32 characters',
  'at least 32 characters long',
  '123',
];

const lower = (words: string): string => words.replaceAll(' ', '');
const pascal = (words: string): string =>
  words.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
const camel = (words: string): string => words.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());

/** Every placeholder, once or more; about 70,000 texts, each made as it is asked for. */
export function* placeholderPhrases(): Generator<string> {
  const endings = [...requests, ...fillings];
  for (const owner of owners)
    for (const quality of qualities)
      for (const noun of nouns) {
        const phrase = joined(owner, quality, noun);
        for (const ending of endings) yield* dashed(joined(phrase, ending));
        yield* inOneWord(phrase);
        yield* inOneWord(joined(phrase, 'here'));
      }
  for (const purpose of purposes)
    for (const noun of purposeNouns) {
      for (const ending of endings) yield* dashed(joined(purpose, noun, ending));
      yield* inOneWord(joined(purpose, noun));
    }
  for (const instruction of instructions)
    for (const quality of wantedQualities)
      for (const noun of wanted)
        for (const ending of wantedEndings) {
          const phrase = joined(instruction, quality, noun, ending);
          yield* dashed(phrase);
          yield phrase.toUpperCase().replaceAll(' ', '_');
        }
  for (const request of bareRequests)
    for (const ending of bareEndings) {
      const phrase = joined(request, ending);
      yield* dashed(phrase);
      yield* inOneWord(phrase);
      const shouted = phrase.toUpperCase();
      yield shouted.replaceAll(' ', '_');
      yield shouted.replaceAll(' ', '-');
      yield `!${pascal(phrase)}!`;
    }
}

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');

function dashed(phrase: string): string[] {
  return [phrase.replaceAll(' ', '-'), phrase.replaceAll(' ', '_')];
}

function inOneWord(phrase: string): string[] {
  return [lower(phrase), camel(phrase), pascal(phrase), phrase.toUpperCase().replaceAll(' ', '_')];
}
