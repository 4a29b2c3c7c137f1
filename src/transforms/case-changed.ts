import { asText, changed, type Distortion, type Variant } from './distortion.js';

/** Capitals and small letters. Which were which cannot be undone, only tried: the right one may be all of one kind. */
export const caseChanged: Distortion = { code: 'case-changed', apply: both, undo: both };

/** Of ASCII only: other letters are several bytes here, which must not be taken for letters one by one. */
function both(bytes: Buffer): Variant[] {
  const text = asText(bytes);
  const lower = text.replace(/[A-Z]+/g, (found) => found.toLowerCase());
  const upper = text.replace(/[a-z]+/g, (found) => found.toUpperCase());
  return [...changed(text, lower, 'in small letters'), ...changed(text, upper, 'in capitals')];
}
