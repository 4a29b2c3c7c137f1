import { asText, changed, type Distortion } from './distortion.js';

/** RFC 3986 §2.3, and what `encodeURIComponent` and `encodeURI` leave alone besides. */
const kept = {
  unreserved: /[^A-Za-z0-9\-._~]/g,
  component: /[^A-Za-z0-9\-._~!'()*]/g,
  whole: /[^A-Za-z0-9\-._~!'()*;,/?:@&=+$#]/g,
} as const;

/** Percent-encoding on one side, as of a password within a URL. */
export const urlEncoded: Distortion = {
  code: 'url-encoded',
  apply(bytes) {
    const text = asText(bytes);
    const strict = text.replace(kept.unreserved, percent);
    return [
      ...changed(text, strict, 'percent-encoded'),
      ...changed(text, text.replace(kept.component, percent), 'percent-encoded as by encodeURIComponent'),
      ...changed(text, lower(strict), 'percent-encoded in lower case'),
      ...changed(text, strict.replaceAll('%20', '+'), 'percent-encoded as in a form'),
      ...changed(text, text.replace(kept.whole, percent), 'percent-encoded as by encodeURI'),
      // A form's reader takes them for blanks, though nobody had encoded anything.
      ...changed(text, text.replaceAll('+', ' '), 'with a blank for every "+"'),
    ];
  },
  undo(bytes) {
    const text = asText(bytes);
    if (!/%[0-9A-Fa-f]{2}/.test(text)) return [];
    return [
      ...changed(text, decoded(text), 'percent-decoded'),
      ...changed(text, decoded(text.replaceAll('+', ' ')), 'percent-decoded, with a blank for every "+"'),
    ];
  },
};

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

const lower = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase());

const decoded = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
