import { assignmentKept } from './assignment-kept.js';
import { base64Decoded } from './base64-decoded.js';
import { base64NotDecoded } from './base64-not-decoded.js';
import { base64Variant } from './base64-variant.js';
import { byteOrderMark } from './byte-order-mark.js';
import { caseChanged } from './case-changed.js';
import { characterEncoding } from './character-encoding.js';
import { charactersSubstituted } from './characters-substituted.js';
import { type TransformCode, transformCodes } from './codes.js';
import { crlfLineEnding } from './crlf-line-ending.js';
import { decodedAsText } from './decoded-as-text.js';
import { derivedKey } from './derived-key.js';
import { escapeNotExpanded } from './escape-not-expanded.js';
import { escapedText } from './escaped-text.js';
import { extraCharacters } from './extra-characters.js';
import { hexDecoded } from './hex-decoded.js';
import { jsonNotUnwrapped } from './json-not-unwrapped.js';
import { lineBreaksChanged } from './line-breaks-changed.js';
import { prefixKept } from './prefix-kept.js';
import { quotesKept } from './quotes-kept.js';
import { readAsNumber } from './read-as-number.js';
import { surroundingWhitespace } from './surrounding-whitespace.js';
import { trailingNewline } from './trailing-newline.js';
import type { Transform } from './transform.js';
import { truncatedAtCharacter } from './truncated-at-character.js';
import { truncatedAtDollar } from './truncated-at-dollar.js';
import { truncatedAtHash } from './truncated-at-hash.js';
import { truncatedAtNewline } from './truncated-at-newline.js';
import { truncatedLength } from './truncated-length.js';
import { urlEncoded } from './url-encoded.js';

/** Every transform by its code. */
export const transformOf: Record<TransformCode, Transform> = {
  'trailing-newline': trailingNewline,
  'crlf-line-ending': crlfLineEnding,
  'surrounding-whitespace': surroundingWhitespace,
  'byte-order-mark': byteOrderMark,
  'quotes-kept': quotesKept,
  'base64-not-decoded': base64NotDecoded,
  'base64-decoded': base64Decoded,
  'hex-decoded': hexDecoded,
  'base64-variant': base64Variant,
  'url-encoded': urlEncoded,
  'escape-not-expanded': escapeNotExpanded,
  'escaped-text': escapedText,
  'read-as-number': readAsNumber,
  'truncated-at-dollar': truncatedAtDollar,
  'truncated-at-hash': truncatedAtHash,
  'truncated-at-newline': truncatedAtNewline,
  'truncated-at-character': truncatedAtCharacter,
  'truncated-length': truncatedLength,
  'case-changed': caseChanged,
  'line-breaks-changed': lineBreaksChanged,
  'character-encoding': characterEncoding,
  'prefix-kept': prefixKept,
  'assignment-kept': assignmentKept,
  'json-not-unwrapped': jsonNotUnwrapped,
  'characters-substituted': charactersSubstituted,
  'extra-characters': extraCharacters,
  'decoded-as-text': decodedAsText,
  'derived-key': derivedKey,
};

/** Every transform, in the order in which causes are claimed. */
export const transforms: readonly Transform[] = transformCodes.map((code) => transformOf[code]);
