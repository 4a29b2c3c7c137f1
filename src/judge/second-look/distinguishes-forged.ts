import type { Said } from '../../model.js';
import { differingMembers, sameWords } from '../compare-answers.js';
import { plainWords } from '../plain-words.js';
import { topicsOfWords } from '../topics.js';

/** The difference between the answers to two kinds of token with the same status and close code. */
export interface ForgedDistinction {
  /** JSON Pointers of the members that differ every time. */
  readonly members: readonly string[];
  /** Only one of them has a body, or they are of different forms. */
  readonly byForm: boolean;
  readonly byWords: boolean;
}

/**
 * Compares all answers to one kind of token with all to another. Tokens of both kinds carry the same claims, so a
 * difference in every answer comes from the verification. `null`: there is no difference.
 */
export function distinguishesForged(
  some: readonly Said[],
  others: readonly Said[],
): ForgedDistinction | null {
  if (some.length === 0 || others.length === 0) return null;
  const pairs = some.flatMap((one) => others.map((other) => [one, other] as const));
  const unstable = new Set([...within(some), ...within(others)]);
  const [first, ...rest] = pairs.map(([one, other]) => differingMembers(one, other));
  const members = (first ?? []).filter(
    (pointer) => !unstable.has(pointer) && rest.every((found) => found.includes(pointer)),
  );
  const byForm = pairs.every(([one, other]) => one.form !== other.form);
  // A greeting may differ every time: only words that were seen twice are compared.
  const repeated = some.length > 1 && others.length > 1 && sameAll(some) && sameAll(others);
  const byWords = repeated && pairs.every(([one, other]) => !sameWords(one, other));
  return members.length > 0 || byForm || byWords ? { members, byForm, byWords } : null;
}

/** Members that differ between answers to the same kind of token. */
function within(answers: readonly Said[]): string[] {
  return answers.flatMap((one, index) =>
    answers.slice(index + 1).flatMap((other) => differingMembers(one, other)),
  );
}

function sameAll([first, ...rest]: readonly Said[]): boolean {
  return first !== undefined && rest.every((other) => sameWords(first, other));
}

/** Names of members that are false if a token is rejected. */
const falseNames =
  /^(?:is|has)?_?(?:valid|active|authenticated|authorized|authorised|logged_?in|signed_?in|ok|success|succeeded|allowed|granted)$/i;
const trueNames = /^(?:is_?)?(?:anonymous|guest|unauthenticated|unauthorized|invalid|expired|denied)$/i;
/** Names of members that are null if no user is signed in. */
const identityNames = /^(?:me|viewer|principal|identity|(?:current|logged_?in|auth)?_?user)$/i;
const outcomeNames = /^(?:status|state|result|outcome|ack)$/i;
const badOutcomes =
  /^(?:err|error|errors|fail|failed|failure|unauthorized|unauthenticated|denied|forbidden|invalid|rejected|ko|nok)$/i;
const codeNames = /^(?:code|status|status_?code|error_?code|err_?code|errno|ret|ret_?code)$/i;
/** Of these any number but 0 is an error's. */
const errorCodeNames = /^(?:error_?code|err_?code|errno)$/i;
/** 401 and 403, alone or as the first or last digits of an application code: `40101`, `10401`, `A0401`. */
const rejectionCodes = /^40[13]\d{0,4}$|^[a-z]?\d{0,4}40[13]$/i;
/** Sentences that report a rejection without a reason; matched against plain words. */
const rejectionWords =
  /\bun ?(?:authori[sz]ed|authenticated)\b|\bnot (?:authenticated|authori[sz]ed|logged ?in|signed ?in)\b|\b(?:invalid|bad|wrong|illegal|expired) (?:access |auth |jwt |bearer )?(?:token|jwt|credentials)\b|\b(?:token|jwt|credentials) (?:is |are |was )?(?:invalid|expired|illegal|not valid|rejected)\b|\b(?:login|authentication|authorization) (?:is )?(?:required|failed|failure)\b|\bplease (?:log ?in|sign ?in|authenticate)\b|\b(?:access|permission) denied\b|^\W*forbidden\W*$/;

/** Whether an answer with a success status says in its body that the token was rejected. */
export function saysRejected({ words, members }: Said): boolean {
  const topics = topicsOfWords(words);
  if (topics.signature || topics.absence || topics.caller || topics.lockout || topics.time !== null)
    return true;
  if (words.some((word) => rejectionWords.test(plainWords(word)))) return true;
  return Object.keys(members).some((pointer) => isRejection(pointer, members[pointer]));
}

/** Whether an answer with a success status accepts a token: its words report no error. */
export function saysAccepted(said: Said): boolean {
  const { algorithm, claims, header } = topicsOfWords(said.words);
  return !saysRejected(said) && !algorithm && claims.length === 0 && header.length === 0;
}

/** Whether a member states a rejection. */
export function isRejection(pointer: string, value: Said['members'][string] | undefined): boolean {
  const name = nameIn(pointer);
  if (value === null) return identityNames.test(name);
  if (value === false) return falseNames.test(name);
  if (value === true) return trueNames.test(name) || /^error$/i.test(name);
  if (typeof value === 'number') {
    if (value === 0) return falseNames.test(name);
    return errorCodeNames.test(name) || (codeNames.test(name) && rejectionCodes.test(`${value}`));
  }
  if (typeof value !== 'string') return false;
  if (outcomeNames.test(name) && badOutcomes.test(value)) return true;
  if (codeNames.test(name)) return rejectionCodes.test(value) || badOutcomes.test(value);
  if (outcomeNames.test(name)) return false;
  return /^\/errors?(?:\/|$)/i.test(pointer) && value !== '<empty list>';
}

/** The last name of a pointer, with words separated by underscores. */
export function nameIn(pointer: string): string {
  const name = pointer.slice(pointer.lastIndexOf('/') + 1);
  return name.replace(/([a-z])([A-Z])/g, '$1_$2').replaceAll('-', '_');
}

/** Whether a message only opens a protocol in which the token is sent later, or requests the token. */
export function asksForToken({ words, members }: Said): boolean {
  if ('/sid' in members && '/pingInterval' in members) return true;
  const texts = [...words, ...Object.values(members).filter((value) => typeof value === 'string')];
  return texts.some((text) =>
    /\b(?:auth(?:entication)?[ _-]?required|login[ _-]?required|please (?:log ?in|authenticate))\b/i.test(
      text,
    ),
  );
}
