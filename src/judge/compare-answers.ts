import type { Attempt, FollowUpResult, Said } from '../model.js';
import { redactTokens } from '../secret/secret.js';
import { withoutVarying } from './plain-words.js';

/** The answer to a token of an attempt or a follow-up. */
export type Answer = Pick<Attempt | FollowUpResult, 'result' | 'status' | 'closeCode' | 'detail' | 'said'>;

/** Whether two answers are the same in status, close code, words and structure, except for IDs and times. */
export function sameAnswer(a: Answer, b: Answer): boolean {
  if (a.status !== b.status || a.closeCode !== b.closeCode) return false;
  if (a.said === undefined || b.said === undefined) return plain(a.detail) === plain(b.detail);
  return sameWords(a.said, b.said) && sameStructure(a.said, b.said);
}

const plain = (text: string): string => withoutVarying(redactTokens(text));

/** Whether the words are the same. */
export function sameWords(a: Said, b: Said): boolean {
  return (
    a.words.length === b.words.length && a.words.every((word, i) => plain(word) === plain(b.words[i] ?? ''))
  );
}

/** Whether form, target of a redirect and members are the same, as in two answers to valid tokens. */
export function sameStructure(a: Said, b: Said): boolean {
  return a.form === b.form && place(a) === place(b) && differingMembers(a, b).length === 0;
}

const place = ({ location }: Said): string => (location === null ? '' : withoutVarying(location));

/**
 * JSON Pointers of the members in which two answers differ: members that only one of them has, and different values
 * where a value is significant. Texts and counts that services add to every answer, such as names of replicas, are
 * compared only by type.
 */
export function differingMembers(a: Said, b: Said): string[] {
  const pointers = new Set([...Object.keys(a.members), ...Object.keys(b.members)]);
  return [...pointers].filter((pointer) => meaning(pointer, a.members) !== meaning(pointer, b.members));
}

/** Names of members whose text or number states the outcome. */
const deciding =
  /(?:^|[^a-z]|err|error|ret|status|result)(?:code|errno|status|state|result|valid|active|authenticated|ok|success|ret|error|kind|type|reason)$/i;
/** Texts that state an outcome under any name. */
const outcome =
  /^(?:yes|no|true|false|ok|okay|error|fail|failed|failure|success|successful|valid|invalid|active|inactive|anonymous|guest|denied|unauthorized|forbidden|none|null|expired)$/i;

function meaning(pointer: string, members: Said['members']): string {
  if (!Object.hasOwn(members, pointer)) return 'absent';
  const value = members[pointer];
  if (value === null || typeof value === 'boolean') return String(value);
  const name = pointer.slice(pointer.lastIndexOf('/') + 1).replace(/([a-z])([A-Z])/g, '$1_$2');
  if (typeof value === 'number') return deciding.test(name) ? `number ${value}` : 'number';
  if (value === undefined) return 'absent';
  if (value.startsWith('<')) return value === '<number>' ? 'number' : value;
  return deciding.test(name) || outcome.test(value) ? `text ${value.toLowerCase()}` : '<string>';
}

/** Application servers and frameworks: they answer themselves, in any form. */
const application =
  /(?:server|x-powered-by): (?:uvicorn|gunicorn|hypercorn|daphne|waitress|wsgiserver|werkzeug|cherrypy|tornado|aiohttp|python|kestrel|asp|puma|webrick|thin|phusion|jetty|apache-coyote|undertow|akka|pekko|cowboy|express|next|php|servlet|swoole|actix|rocket|mojolicious|rabbit|bun|deno)/;

/**
 * Whether the same layer gave both answers, as far as known: a gateway's 401 and a service's 403 come from two
 * verifiers. If the header fields do not identify the program, the form of the answer must also be the same.
 */
export function sameLayer(a: Answer, b: Answer): boolean {
  const [one, other] = [a.said, b.said];
  if (one === undefined || other === undefined) return true;
  if (one.layer !== other.layer) return false;
  if (one.layer !== null && application.test(one.layer)) return true;
  if (one.form !== other.form) return false;
  return one.form !== 'json' || shareNames(one, other);
}

/** Whether two JSON bodies share a top-level name. */
function shareNames(a: Said, b: Said): boolean {
  const top = ({ members }: Said): Set<string> =>
    new Set(Object.keys(members).map((pointer) => pointer.split('/', 2).join('/')));
  const names = top(a);
  return names.size === 0 || [...top(b)].some((name) => names.has(name));
}
