import type { Said } from '../../../model.js';
import { isObject } from '../../../schema/path.js';

/** Maximum depth of objects and arrays. */
const deepest = 4;
/** Maximum numbers of texts, of members and of visited values. */
const mostWords = 24;
const mostMembers = 64;
const mostVisited = 2000;

/**
 * Member names for error messages, in the order of display; in lower case without separators. They cover OAuth 2.0,
 * RFC 9457, GraphQL, JSON:API, gRPC, Rails, Django, Spring, ASP.NET and Java.
 */
const informativeNames = [
  'error',
  'code',
  'errorcode',
  'errortype',
  'errorname',
  'errorkey',
  'reason',
  'message',
  'msg',
  'errormessage',
  'errormsg',
  'errmsg',
  'err',
  'errordescription',
  'title',
  'detail',
  'details',
  'description',
  'desc',
  'type',
  'status',
  'statusmessage',
  'statustext',
  'errorsummary',
  'exception',
  'exceptionname',
  'faultstring',
  'faultcode',
  'fault',
  'cause',
  'hint',
  'text',
  'errors',
  'messages',
  'reasons',
  'nonfielderrors',
  'extensions',
] as const;
const rank = new Map<string, number>(informativeNames.map((name, index) => [name, index]));

/** Member names within an error, where a name is the name of an exception. */
const nameRank = informativeNames.indexOf('code');

/** Member names that hold messages anywhere. In a successful answer, most of the others hold data. */
const alwaysInformative = /^(?:err|error\w*|errors|errmsg|exception\w*|fault\w*)$/;
const informativeAtTop = /^(?:code|reason|message|msg|detail|status|type|hint)$/;

/** Kong uses the name of the claim: `{"exp": "token expired"}`. */
const claimNames = /^(?:exp|nbf|iat|iss|aud|sub|jti)$/;

/** Member names that never hold messages: stack traces, locations, and values that vary between answers. */
const silent =
  /stack|trace|^path$|^paths$|^locations?$|^instance$|^time|timestamp|^date$|id$|^href$|^links?$/;

/** Words that mark an error message in any protocol. */
const complaining = /err|fail|denied|unauth|not.?auth|forbid|reject|invalid|expired/i;

/** Whether a message reports an error, judged by its text. */
export const complains = (text: string): boolean => complaining.test(text);

type JsonObject = Readonly<Record<string, unknown>>;

/** Messages of a JSON document. Of a successful answer (`isError` false) only those that certainly are messages. */
export function wordsOfJson(document: unknown, isError: boolean): string[] {
  const words = new Set<string>();
  let visited = 0;

  const say = (value: string): void => {
    const text = value.trim();
    // RFC 9457 §4.2.1: a type without meaning.
    if (text !== '' && text !== 'about:blank' && words.size < mostWords) words.add(text);
  };

  /** @param within the container: the document, an error, or data */
  const look = (value: unknown, within: 'top' | 'error' | 'data', depth: number): void => {
    visited += 1;
    if (visited > mostVisited || depth > deepest) return;
    if (Array.isArray(value)) {
      for (const item of value.slice(0, mostWords)) {
        if (typeof item === 'string') {
          if (within === 'error' || (within === 'top' && isError && complaining.test(item))) say(item);
        } else look(item, within === 'top' ? 'data' : within, depth);
      }
      return;
    }
    if (!isObject(value)) return;
    for (const [name, member] of inOrder(value, within)) {
      const plain = plainName(name);
      if (isInformative(plain, within, isError)) {
        if (typeof member === 'string') say(member);
        else look(member, 'error', depth + 1);
      } else if (silent.test(plain)) {
        // Values that are useless for comparing two answers.
      } else if (typeof member === 'string') {
        if (within === 'top' && isError && claimNames.test(plain)) say(`${name}: ${member}`);
      } else if (within === 'error' && Array.isArray(member) && member.every((m) => typeof m === 'string')) {
        // Messages by field, as in Rails and Laravel, and the location in FastAPI.
        for (const text of member.slice(0, mostWords)) say(`${name} ${text}`);
      } else {
        look(member, within === 'error' ? 'error' : 'data', depth + 1);
      }
    }
  };

  look(document, 'top', 1);
  return [...words];
}

function isInformative(plain: string, within: 'top' | 'error' | 'data', isError: boolean): boolean {
  if (alwaysInformative.test(plain)) return true;
  if (within === 'error') return rank.has(plain) || plain === 'name';
  if (isError) return rank.has(plain);
  return within === 'top' && informativeAtTop.test(plain);
}

/** Members with messages first, then members that may contain more. */
function inOrder(object: JsonObject, within: string): [string, unknown][] {
  const place = (name: string): number => {
    const plain = plainName(name);
    if (within === 'error' && plain === 'name') return nameRank;
    return rank.get(plain) ?? informativeNames.length;
  };
  return Object.entries(object)
    .slice(0, mostVisited)
    .map((entry) => ({ entry, place: place(entry[0]) }))
    .sort((a, b) => a.place - b.place)
    .map(({ entry }) => entry);
}

const plainName = (name: string): string =>
  name.length > 40 ? '' : name.replace(/[^a-z0-9]/gi, '').toLowerCase();

/** A short identifier that is not unique: ids and times have consecutive digits. */
const identifier = /^(?=.{1,40}$)[a-z_](?:[\w.@:-])*$/i;
const oneOfAKind = /\d{4}|[0-9a-f]{8}-[0-9a-f]{4}-|^[0-9a-f]{12,}$/i;
/** Larger numbers are times or ids. */
const largestCode = 1e7;

/** Members by JSON Pointer (RFC 6901). Of an array only the first item is read, because the length says nothing. */
export function membersOf(document: unknown, isPresented: (text: string) => boolean): Said['members'] {
  const members: [string, string | number | boolean | null][] = [];
  const look = (value: unknown, pointer: string, depth: number): void => {
    if (members.length >= mostMembers) return;
    const [first] = Array.isArray(value) ? value : [];
    if (Array.isArray(value) && (value.length === 0 || depth === deepest)) {
      members.push([pointer, value.length === 0 ? '<empty list>' : '<list>']);
    } else if (Array.isArray(value)) look(first, `${pointer}/0`, depth + 1);
    else if (isObject(value)) {
      const entries = Object.entries(value).slice(0, mostMembers);
      if (depth === deepest || entries.length === 0) members.push([pointer, '<object>']);
      else for (const [name, member] of entries) look(member, `${pointer}/${reference(name)}`, depth + 1);
    } else members.push([pointer, shown(value, isPresented)]);
  };
  look(document, '', 0);
  // No prototype: names such as `__proto__`, which a service may choose, are ordinary members.
  return Object.fromEntries(members);
}

function shown(value: unknown, isPresented: (text: string) => boolean): string | number | boolean | null {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Math.abs(value) < largestCode ? value : '<number>';
  if (typeof value !== 'string') return '<object>';
  return identifier.test(value) && !oneOfAKind.test(value) && !isPresented(value) ? value : '<string>';
}

const reference = (name: string): string =>
  (name.length > 40 ? '…' : name).replaceAll('~', '~0').replaceAll('/', '~1');
