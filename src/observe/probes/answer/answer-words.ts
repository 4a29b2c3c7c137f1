import { STATUS_CODES } from 'node:http';
import type { Said } from '../../../model.js';
import type { Secret } from '../../../secret/secret.js';
import type { HttpResponse } from '../../network/network.js';
import type { Answer } from '../matcher.js';
import { wordsOfChallenges } from './challenges.js';
import { titleOfPage, wordsOfPage } from './html-answer.js';
import { complains, membersOf, wordsOfJson } from './json-answer.js';
import { unpack } from './message.js';
import { presented } from './presented.js';

/** The parts of an answer. */
export interface ReadAnswer {
  readonly said: Said;
  /** Its texts for people. They are truncated only after redaction, because a truncated secret is not recognised. */
  readonly shown: readonly string[];
}

/** How the token was presented. */
export interface Presented {
  readonly token: Secret | null;
  /** The scheme of `Authorization` that carries the token. */
  readonly scheme: string;
}

const nothing: Said = { words: [], form: 'none', members: {}, layer: null, location: null };

/** Maximum number of lines of a text. */
const mostLines = 6;
const mostWords = 32;

/** An HTTP status with its name (RFC 9110 §15), such as `401 Unauthorized`. */
export function statusText(status: number): string {
  const name = STATUS_CODES[status];
  return name === undefined ? String(status) : `${status} ${name}`;
}

/** Joins the observation and the texts of the service, without the name of the status. */
export function describe(seen: string, shown: readonly string[]): string {
  const status = Number(seen.slice(0, 3));
  const known = [STATUS_CODES[status], statusText(status)];
  const news = shown.filter((text) => !known.includes(text));
  return news.length === 0 ? seen : `${seen}: ${news.join(', ')}`;
}

/** Reads an HTTP answer, including answers to a handshake. */
export function readAnswer(response: HttpResponse, answer: Answer, how: Presented): ReadAnswer {
  const { status, headers } = response;
  const { text, document } = answer;
  const { without, isIn } = presented(how.token);
  const isError = status >= 400;
  const form = formOf(response, answer);
  const words = document.found
    ? wordsOfJson(document.value, isError)
    : form === 'html'
      ? isError
        ? wordsOfPage(text)
        : titleOfPage(text)
      : form === 'text'
        ? wordsOfText(text, isError)
        : [];
  const challenges = wordsOfChallenges(headers['www-authenticate'], how.scheme);
  const fields = [...wordsOfFields(headers), ...(isError ? wordsOfWaiting(headers) : [])];
  const location = locationOf(headers.location);
  const all = [...words, ...fields, ...location.words];
  return {
    said: {
      words: distinct([...all, ...challenges.said].map(without)),
      form,
      members: document.found ? membersOf(document.value, isIn) : {},
      layer: layerOf(response, text),
      location: location.target === null ? null : without(location.target),
    },
    shown: distinct([...all, ...challenges.shown].map(without)),
  };
}

/** Reads WebSocket messages in order, and the reason of a close frame. */
export function readMessages(messages: readonly string[], reason: string, token: Secret | null): ReadAnswer {
  if (messages.length === 0 && reason === '') return { said: nothing, shown: [] };
  const { without, isIn } = presented(token);
  const unpacked = messages.map((message) => ({ message, ...unpack(message) })).filter((m) => !m.isSilent);
  const closing = reason === '' ? [] : [{ message: reason, ...unpack(reason) }];
  const words = [...closing, ...unpacked].flatMap(({ message, documents, text }) => [
    ...documents.flatMap((document) => wordsOfJson(document, complains(message))),
    ...wordsOfText(text, complains(text) || message === reason),
  ]);
  const [last] = [...unpacked, ...closing].flatMap((m) => m.documents).slice(-1);
  const shown = distinct(words.map(without));
  const form = last !== undefined ? 'json' : unpacked.length > 0 ? 'text' : 'none';
  const members = last === undefined ? {} : membersOf(last, isIn);
  return { said: { ...nothing, words: shown, form, members, layer: 'websocket' }, shown };
}

function formOf({ headers, status, isCut }: HttpResponse, { text, document }: Answer): Said['form'] {
  const type = headers['content-type'] ?? '';
  if (status < 400 && (isCut === true || /^\s*text\/event-stream/i.test(type))) return 'stream';
  if (document.found) return 'json';
  if (isPage(type, text)) return 'html';
  return text.trim() === '' ? 'none' : 'text';
}

/**
 * Whether it is a page for people: single-page applications and sign-in proxies answer every request with 200 and a
 * page.
 */
export function isPage(contentType: string, text: string): boolean {
  return (
    /^\s*(?:text\/html|application\/xhtml\+xml)/i.test(contentType) ||
    /^\s*<(?:!doctype html|html)\b/i.test(text.slice(0, 1024))
  );
}

/**
 * Lines of plain text, or of XML without its tags. In an answer that is no rejection a long text may be data, and is
 * skipped.
 */
function wordsOfText(text: string, isError: boolean): string[] {
  if (isBinary(text) || (!isError && text.length > 160)) return [];
  const plain = text.trimStart().startsWith('<') ? text.replace(/<[^<>]*>/g, '\n') : text;
  const lines: string[] = [];
  for (const line of plain.split(/[\r\n\0]+/, 4 * mostLines)) {
    if (lines.length === mostLines) break;
    if (/[a-z]/i.test(line) && (isError || !/\S{25}/.test(line))) lines.push(line.trim());
  }
  return lines;
}

const isBinary = (text: string): boolean => /[\u0001-\u0008\u000e-\u001a\ufffd]/.test(text.slice(0, 1024));

/** Header fields in which gateways and services report errors: `x-error`, `x-auth-failure-reason`, `grpc-message`. */
const informativeField =
  /^(?:grpc-message|(?:[a-z0-9]+-){0,4}(?:error|failure|reason)(?:-(?:type|message|description|code|reason))?)$/;

function wordsOfFields(headers: HttpResponse['headers']): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    informativeField.test(name) && /[a-z]/i.test(value) ? [decoded(value)] : [],
  );
}

/** The waiting time of a rate limit (RFC 9110 §10.2.3). */
const wordsOfWaiting = ({ 'retry-after': value }: HttpResponse['headers']): string[] =>
  value === undefined || !/^[\w ,:]{1,40}$/.test(value) ? [] : [`Retry-After: ${value}`];

/** The target of a redirect, and the error in its query (RFC 6749 §4.1.2.1). */
function locationOf(field: string | undefined): { target: string | null; words: string[] } {
  if (field === undefined || field === '') return { target: null, words: [] };
  const [target = '', query = ''] = field.split('#', 1)[0]?.split(/\?(.*)/s, 2) ?? [];
  const words = [...new URLSearchParams(query)].flatMap(([name, value]) =>
    /^(?:error|error_description|message|reason)$/.test(name) && value !== '' ? [value] : [],
  );
  return { target, words };
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value).trim();
  } catch {
    return value.trim();
  }
}

const distinct = (words: readonly string[]): string[] =>
  [...new Set(words.filter((word) => word !== ''))].slice(0, mostWords);

/**
 * Header fields that do not identify the program: those that vary between answers, and those that one program sends
 * with some answers only (caching, limits, challenges, the policies of Express's own error page).
 */
const ofOneAnswer =
  /^(?:date|connection|keep-alive|content-.*|transfer-encoding|www-authenticate|proxy-authenticate|set-cookie|location|allow|link|retry-after|(?:x-)?rate-?limit.*|cache-control|pragma|expires|age|etag|last-modified|vary|accept-ranges|warning|trailer|upgrade|x-content-type-options|sec-websocket-.*|(?:x-)?.*(?:error|failure|reason).*|grpc-.*)$/;

/** Programs that answer themselves, by their default pages. */
const ownPages: readonly (readonly [layer: string, page: RegExp])[] = [
  ['nginx', /<center>(?:nginx|openresty)/i],
  ['Apache', /<address>Apache/i],
  ['HAProxy', /^<html><body><h1>\d{3} [^<]*<\/h1>/i],
  ['Cloudflare', /cf-error-details|cloudflare-static/i],
  ['Varnish', /Varnish cache server|Guru Meditation/i],
];

/**
 * Identifies the program that answered, by its own statements and by the names of its header fields, which are
 * characteristic of each framework and gateway. `null`: unknown.
 */
function layerOf({ headers }: Pick<HttpResponse, 'headers'>, text: string): string | null {
  const start = text.slice(0, 4096).trimStart();
  const page = ownPages.find(([, pattern]) => pattern.test(start))?.[0];
  const named = ['server', 'x-powered-by', 'via'].flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [`${name}: ${withoutVersions(value)}`];
  });
  const fields = Object.keys(headers).filter(
    (name) => !ofOneAnswer.test(name) && !/^(?:server|x-powered-by|via)$/.test(name),
  );
  const facts = [
    ...(page === undefined ? [] : [`page of ${page}`]),
    ...named,
    ...fields.sort().slice(0, 32),
    ...(headers.date === undefined ? [] : ['date']),
  ];
  return facts.length === 0 ? null : facts.join('; ');
}

/** The name without the version: replicas may run different versions. */
const withoutVersions = (value: string): string =>
  /^[a-z][a-z._-]{0,40}/i.exec(value.trim())?.[0].toLowerCase() ?? 'other';
