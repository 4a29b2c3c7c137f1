import { base64Decoded } from './base64-decoded.js';
import { base64NotDecoded } from './base64-not-decoded.js';
import { byteOrderMark } from './byte-order-mark.js';
import { caseChanged } from './case-changed.js';
import { type DistortionCode, distortionCodes } from './codes.js';
import { crlfLineEnding } from './crlf-line-ending.js';
import type { Distortion } from './distortion.js';
import { escapeNotExpanded } from './escape-not-expanded.js';
import { hexDecoded } from './hex-decoded.js';
import { jsonNotUnwrapped } from './json-not-unwrapped.js';
import { quotesKept } from './quotes-kept.js';
import { surroundingWhitespace } from './surrounding-whitespace.js';
import { trailingNewline } from './trailing-newline.js';
import { truncatedAtDollar } from './truncated-at-dollar.js';
import { truncatedAtHash } from './truncated-at-hash.js';
import { truncatedAtNewline } from './truncated-at-newline.js';
import { truncatedLength } from './truncated-length.js';
import { urlEncoded } from './url-encoded.js';

const byCode: Record<DistortionCode, Distortion> = {
  'trailing-newline': trailingNewline,
  'crlf-line-ending': crlfLineEnding,
  'surrounding-whitespace': surroundingWhitespace,
  'byte-order-mark': byteOrderMark,
  'quotes-kept': quotesKept,
  'base64-not-decoded': base64NotDecoded,
  'base64-decoded': base64Decoded,
  'hex-decoded': hexDecoded,
  'url-encoded': urlEncoded,
  'escape-not-expanded': escapeNotExpanded,
  'truncated-at-dollar': truncatedAtDollar,
  'truncated-at-hash': truncatedAtHash,
  'truncated-at-newline': truncatedAtNewline,
  'truncated-length': truncatedLength,
  'case-changed': caseChanged,
  'json-not-unwrapped': jsonNotUnwrapped,
};

/** Every distortion that is known, in the order in which causes are claimed. */
export const distortions: readonly Distortion[] = distortionCodes.map((code) => byCode[code]);
