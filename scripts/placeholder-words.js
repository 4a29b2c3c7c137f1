/**
 * Placeholders as templates and tutorials write them: `your-super-secret-jwt-key-change-in-production`. They cannot all be
 * listed, because every author puts the same few words together anew; the words below are those that public `.env` files,
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
  'very',
  'very secure',
  'secure',
  'strong',
  'random',
  '256 bit',
];

const nouns = listed(`
  secret, secret key, jwt secret, jwt secret key, secret jwt key, jwt key, jwt token, secret token,
  access secret, refresh secret, access token secret, refresh token secret, auth secret,
  session secret, nextauth secret, signing key
`);

/** What a default is for, and what it is called then. */
const purposes = listed(`
  dev, dev only, development, local, local dev, local development, test, test only, e2e test,
  unit test, ci, default, default dev, fallback, demo, insecure, insecure dev, dev insecure,
  insecure default, unsafe, temp, temporary, example, sample, dummy, fake, placeholder, staging,
  production, prod, some
`);

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
const requests = listed(`
  , here, change me, change this, change it, please change, please change me, change me please,
  change in production, change in prod, change this in production, change this in prod,
  change me in production, change me in prod, change before production, change for production,
  change later, replace me, replace in production, do not use, do not use in production,
  do not use in prod, not for production, for dev, for dev only, for development,
  for development only, for testing, for testing only, for tests, for local dev,
  for local development, for demo, only
`);

/** How long it ought to be, and digits that only fill it up. */
const fillings = listed(`
  min 32 chars, min 32 chars long, min 32 characters, min 32 characters long, minimum 32 chars,
  minimum 32 characters, minimum 32 characters long, at least 32 chars, at least 32 chars long,
  at least 32 characters, at least 32 characters long, that is at least 32 characters long,
  must be at least 32 characters, must be at least 32 characters long, with at least 32 characters,
  32 chars, 32 characters, min 64 chars, at least 64 characters, 1, 123, 1234, 12345, 123456, 2023,
  2024, 2025, 2026
`);

/** What is filled up: the words that are met most often. */
const usual = new Set([
  ...['', 'super', 'super secret', 'super secure', 'very secure', 'secure', 'strong', '256 bit'],
  ...[
    'secret',
    'secret key',
    'jwt secret',
    'jwt secret key',
    'jwt key',
    'access secret',
    'refresh secret',
    'key',
  ],
  ...[
    'access token secret',
    'refresh token secret',
    'session secret',
    'nextauth secret',
    'auth secret',
    'jwt',
  ],
  ...['dev', 'development', 'local dev', 'test', 'default', 'production', 'staging', 'insecure dev', 'demo'],
]);

/** Instructions that stand in the place of the value. */
const instructions = listed(`
  , a, some, any, use a, put a, put your, add your, enter your, insert your, set a, set your,
  generate a, create a, replace with, replace with a, replace with your, replace this with a,
  replace me with a, change to a, change this to a, change me to a, please change this to a,
  please change to a, please set a
`);

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
  'real',
];

const wantedEndings = ['', 'here', 'in production', 'min 32 chars'];

/** Nothing but the request. */
const bareRequests = listed(`
  change me, change this, change it, change me now, change me please, please change,
  please change me, please change this, please change it, change me later, change this value,
  change this key, change this secret, change this secret key, change this jwt secret,
  change your secret, change me secret, please change this secret, changeme, unsecure change me,
  insecure change me
`);

/** Sentences, and what authors write who do not write in English. */
const sayings = listed(`
  this is a secret, this is a secret key, this is my secret, this is my secret key,
  this is my top secret, this is a very secret key, this is my super secret key,
  this is my very secret key, this is secret, very secret, very secret key, a very secret key,
  a secret, a secret key, not a secret, not so secret, not a real secret, top secret, top secret key,
  keep it secret, shared secret, your very long secret key, your very strong secret key,
  your refresh secret key, your long random secret, your random secret, your long random secret here,
  your long secret key here, your unique secret key, your unique secret, jwt super secret,
  jwt super secret key, dev only change me, local only change me, placeholder,
  build time placeholder, build placeholder, ci test secret, ci secret, a very long random string,
  clave secreta, mi clave secreta, tu clave secreta, tu clave secreta aqui, clave super secreta,
  tu secreto, tu secreto jwt, tu secreto aqui, tu secreto jwt aqui, tu jwt secret, mi secreto,
  tu clave super secreta, mi clave super secreta, secreto, super secreto, mi secreto super seguro,
  cambiar en produccion, cambia esto en produccion, cambiar esto en produccion, cambiame,
  cambiame por favor, chave secreta, sua chave secreta, sua chave secreta aqui, minha chave secreta,
  chave super secreta, seu segredo, seu segredo jwt, seu segredo aqui, seu segredo jwt aqui,
  seu jwt secret, seu secret aqui, segredo, super segredo, meu segredo, troque em producao,
  mude em producao, troque este segredo, votre secret, votre secret jwt, votre secret ici,
  votre secret jwt ici, votre cle secrete, ma cle secrete, cle secrete, a changer en production,
  changez moi, geheim, mein geheimnis, geheimer schluessel, bitte aendern, rahasia, rahasia jwt,
  rahasia jwt anda, rahasia negara, kunci rahasia, gizli anahtar, tajny klucz
`);

const sayingEndings = [
  '',
  'here',
  'change me',
  'change in production',
  '1',
  '123',
  '1234',
  '12345',
  '123456',
];

const bareEndings = listed(`
  , now, please, later, in production, in prod, in env, for production, before production,
  before deploy, immediately, min 32 chars, min 32 characters, at least 32 characters,
  at least 32 characters long, 123
`);

const lower = (words) => words.replaceAll(' ', '');
const pascal = (words) => words.replace(/(?:^| )(\w)/g, (_, letter) => letter.toUpperCase());
const camel = (words) => words.replace(/ (\w)/g, (_, letter) => letter.toUpperCase());

/** Every placeholder, once or more; about 90,000 texts. */
export function* placeholderPhrases() {
  for (const owner of owners)
    for (const quality of qualities)
      for (const noun of nouns) {
        const phrase = joined(owner, quality, noun);
        for (const request of requests) yield* dashed(joined(phrase, request));
        if (usual.has(quality) && usual.has(noun))
          for (const filling of fillings) yield* dashed(joined(phrase, filling));
        yield* inOneWord(phrase);
        yield* inOneWord(joined(phrase, 'here'));
        for (const digits of ['1', '123', '12345']) yield* inOneWord(`${phrase}${digits}`);
      }
  for (const purpose of purposes)
    for (const noun of purposeNouns) {
      for (const request of requests) yield* dashed(joined(purpose, noun, request));
      if (usual.has(purpose) && usual.has(noun))
        for (const filling of fillings) yield* dashed(joined(purpose, noun, filling));
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
  for (const saying of sayings)
    for (const ending of sayingEndings) {
      yield joined(saying, ending);
      yield* dashed(joined(saying, ending));
      yield* inOneWord(joined(saying, ending));
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

const joined = (...parts) => parts.filter((part) => part !== '').join(' ');

function dashed(phrase) {
  return [phrase.replaceAll(' ', '-'), phrase.replaceAll(' ', '_')];
}

function inOneWord(phrase) {
  return [lower(phrase), camel(phrase), pascal(phrase), phrase.toUpperCase().replaceAll(' ', '_')];
}

/** @param {string} text */
function listed(text) {
  return text.split(',').map((phrase) => phrase.trim());
}
