/** The maximum length of a text that is searched for topics; characters. */
const longest = 2000;

/** Presented values that are repeated in a complaint: after `expected:` or `received:`, URLs, addresses, quoted texts that are no name. */
const values: readonly RegExp[] = [
  /\bhttps?:\/\/[^\s"'<>]+/gi,
  /[^\s"'<>@]{1,64}@[^\s"'<>@]{1,64}/g,
  /\b(?:expected|received|expecting|got|actual|provided value|to be|but was|must be|found)\s{0,2}[:=]\s{0,2}(?:"[^"]*"|'[^']*'|\[[^\]]*\]|\([^)]*\)|[^\s,;]+)/gi,
  /"(?![a-z_-]{2,24}")[^"]{0,200}"|(?<![a-z0-9])'(?![a-z_-]{2,24}')[^']{0,200}'(?![a-z0-9])/gi,
];

/**
 * Normalizes a text for the search for topics: lower case, with names in camel case, snake case and kebab case split
 * into words. Values that verifiers repeat are removed.
 */
export function plainWords(text: string): string {
  const without = values.reduce((rest, value) => rest.replace(value, ' '), text.slice(0, longest));
  return without
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replace(/[_-]/g, ' ')
    .replace(/’/g, "'")
    .replace(/\s+/g, ' ')
    .toLowerCase();
}

/** Months and weekdays as in dates. */
const date =
  /\b(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?(?:\d{1,2} )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}?[ \d:,]{0,16}(?:gmt|utc|am|pm|[+-]\d{4})?/g;
/** Ids: UUIDs, hexadecimal numbers, and long runs of letters and digits mixed. */
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{12,}\b/g;
const run = /[\w-]{12,}/g;

/** Replaces what varies between answers without meaning (IDs, times and numbers) with `#`. In lower case. */
export function withoutVarying(text: string): string {
  return text
    .toLowerCase()
    .replace(uuid, '#')
    .replace(run, (found) => (isMixed(found) ? '#' : found))
    .replace(date, '#')
    .replace(/\d+(?:[.,:]\d+)*/g, '#')
    .replace(/#(?:[tz :./+-]{1,2}#)+z?/g, '#');
}

/** Whether digits and letters alternate several times, as in random IDs. A name has at most one or two groups of digits. */
function isMixed(found: string): boolean {
  return (found.match(/\d+/g)?.length ?? 0) >= 3;
}

/**
 * Errors about a token other than the caller's, or about an account, a document or a request. They concern neither the
 * content of the token nor its signature. Matched against plain words.
 */
export const ofOtherThings: readonly RegExp[] = [
  /\b(?:[cx]srf|anti ?forgery|request verification|mfa|2fa|otp|totp|one time|re ?captcha|captcha|device|push|invit(?:e|ation)|registration|password reset|reset)(?: \w+)? ?tokens?\b[^.;]*/g,
  /\b(?:licen[cs]e|activation|product|idempotency) keys?\b[^.;]*|\b(?:document|electronic|digital|contract) signatures?\b[^.;]*/g,
  /\be ?mail(?: address)?(?: \w+){0,3} (?:not|never|yet) (?:\w+ ){0,2}(?:verified|confirmed|activated)\b/g,
  /\b(?:unverified|unconfirmed|un ?verified|verify|confirm|activate) (?:your |the |an? )?e ?mail\b/g,
  /\be ?mail(?: address)?(?: \w+){0,2} (?:verification|confirmation) (?:is )?(?:required|needed|pending|missing)\b/g,
  /\b(?:your|our|target(?:ed)?|beta|general|wider|public) audiences?\b/g,
];
