/** A piece of a text in which the probe token has a place. */
export type TemplatePiece =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'token'; readonly encoding: 'base64url' | null }
  | { readonly is: 'encoded'; readonly encoding: Encoding; readonly inner: readonly TemplatePiece[] };

type Encoding = 'base64' | 'base64url';

/** Encodings within each other. */
const deepest = 4;

const token = /\{\{token(\.base64url)?\}\}/y;
const opening = /\{\{(base64|base64url):/y;
/** What is neither: looks like a place for the token and is none. */
const similar = /\{\{\s*(?:tok|jwt\b|base64)[^{}]{0,40}/iy;

/** The pieces of a template, or what is wrong with it in words. */
export type ParsedTemplate = { readonly pieces: readonly TemplatePiece[] } | { readonly problem: string };

interface Level {
  readonly encoding: Encoding | null;
  readonly pieces: TemplatePiece[];
}

/**
 * Reads `{{token}}`, `{{token.base64url}}`, and `{{base64:…}}` and `{{base64url:…}}` around a text with one of these.
 * Other braces are text: of a run of closing ones the last ones close, so that `{{base64:{"t":"{{token}}"}}}` is JSON.
 */
export function parseTemplate(template: string): ParsedTemplate {
  const levels: Level[] = [{ encoding: null, pieces: [] }];
  let text = '';
  const top = (): Level => levels.at(-1) ?? { encoding: null, pieces: [] };
  const flush = (): void => {
    if (text !== '') top().pieces.push({ is: 'text', text });
    text = '';
  };
  for (let at = 0; at < template.length; ) {
    const next = nextBrace(template, at);
    text += template.slice(at, next);
    at = next;
    const placed = matchAt(token, template, at);
    const opened = placed === null ? matchAt(opening, template, at) : null;
    if (placed !== null) {
      flush();
      top().pieces.push({ is: 'token', encoding: placed[1] === undefined ? null : 'base64url' });
      at += placed[0].length;
    } else if (opened !== null) {
      if (levels.length > deepest) return { problem: `more than ${deepest} encodings within each other` };
      flush();
      levels.push({ encoding: opened[1] === 'base64' ? 'base64' : 'base64url', pieces: [] });
      at += opened[0].length;
    } else if (template[at] === '}' && levels.length > 1) {
      const run = /^\}+/.exec(template.slice(at))?.[0].length ?? 1;
      const closed = Math.min(levels.length - 1, Math.floor(run / 2));
      text += '}'.repeat(run - 2 * closed);
      at += run;
      for (let level = 0; level < closed; level += 1) {
        flush();
        const { encoding, pieces } = levels.pop() ?? top();
        if (!pieces.some(placesToken)) {
          return {
            problem: `{{${encoding}:…}} without {{token}} in it; only what contains the token is encoded`,
          };
        }
        top().pieces.push({ is: 'encoded', encoding: encoding ?? 'base64', inner: pieces });
      }
    } else {
      const near = matchAt(similar, template, at);
      if (near !== null)
        return { problem: `${near[0].slice(0, 24)}… is no place for the token; ${expected}` };
      text += template[at] ?? '';
      at += 1;
    }
  }
  if (levels.length > 1) return { problem: `{{${top().encoding}: is not closed by }}` };
  flush();
  return { pieces: top().pieces };
}

const expected = 'expected {{token}}, {{token.base64url}}, {{base64:…}} or {{base64url:…}}';

/** Whether the token has a place in it; a template that is malformed has none. */
export function hasPlace(template: string): boolean {
  if (!template.includes('{{')) return false;
  const parsed = parseTemplate(template);
  return 'pieces' in parsed && parsed.pieces.some(placesToken);
}

/**
 * The template with something in all places, for looking at the rest.
 * @param inBase64 what stands for a text in base64
 */
export function withPlaceholder(template: string, placeholder: string, inBase64 = placeholder): string {
  const parsed = parseTemplate(template);
  if ('problem' in parsed) return template;
  const shown = (piece: TemplatePiece): string => {
    if (piece.is === 'text') return piece.text;
    return piece.is === 'encoded' && piece.encoding === 'base64' ? inBase64 : placeholder;
  };
  return parsed.pieces.map(shown).join('');
}

/** Whether it is nothing but a place for the token. */
export function isOnlyPlace(template: string): boolean {
  const parsed = parseTemplate(template);
  const isPlace = (piece: TemplatePiece): boolean =>
    piece.is === 'token' || (piece.is === 'encoded' && piece.inner.every(isPlace));
  return 'pieces' in parsed && parsed.pieces.length > 0 && parsed.pieces.every(isPlace);
}

/** A malformed template within a value, and where. */
export interface TemplateProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What is wrong with the templates in a value's texts. */
export function templateProblems(value: unknown, path: TemplateProblem['path'] = []): TemplateProblem[] {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return [];
    const parsed = parseTemplate(value);
    return 'problem' in parsed ? [{ path, message: parsed.problem }] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => templateProblems(item, [...path, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => templateProblems(item, [...path, name]));
}

const placesToken = (piece: TemplatePiece): boolean => piece.is !== 'text';

function nextBrace(template: string, from: number): number {
  for (let at = from; at < template.length; at += 1) {
    if (template[at] === '{' || template[at] === '}') return at;
  }
  return template.length;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
