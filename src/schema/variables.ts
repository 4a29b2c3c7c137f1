/** A piece of a text with variables: literal, a variable, or something that begins like one and is none. */
export type Piece =
  | { readonly is: 'literal'; readonly raw: string; readonly text: string }
  | {
      readonly is: 'variable';
      readonly raw: string;
      readonly name: string;
      /** What stands after `:-`; `null` without one. */
      readonly fallback: string | null;
    }
  | { readonly is: 'malformed'; readonly raw: string };

/**
 * Splits a text at `${NAME}` and `${NAME:-default}`. As in Compose files, `$$` before a brace stands for one dollar:
 * `$${NAME}` is the text `${NAME}`, and `$$${NAME}` a dollar followed by a value. Any other dollar is itself.
 * A default reaches to its closing brace; braces inside it must be balanced, and it is not expanded again.
 */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  while (from < text.length) {
    const opening = text.indexOf('${', from);
    if (opening === -1) break;
    let first = opening;
    while (first > from && text[first - 1] === '$') first -= 1;
    const dollars = opening - first + 1;
    if (dollars % 2 === 0) {
      const end = opening + 2;
      push(pieces, text.slice(from, end), `${text.slice(from, first)}${'$'.repeat(dollars / 2)}{`);
      from = end;
      continue;
    }
    if (opening > from) {
      const literal = `${text.slice(from, first)}${'$'.repeat((dollars - 1) / 2)}`;
      push(pieces, text.slice(from, opening), literal);
    }
    const variable = variableAt(text, opening);
    pieces.push(variable);
    from = opening + variable.raw.length;
  }
  if (from < text.length) push(pieces, text.slice(from), text.slice(from));
  return pieces;
}

function push(pieces: Piece[], raw: string, text: string): void {
  pieces.push({ is: 'literal', raw, text });
}

function variableAt(text: string, opening: number): Piece {
  const close = closingBrace(text, opening + 1);
  if (close === null) return { is: 'malformed', raw: text.slice(opening) };
  const raw = text.slice(opening, close + 1);
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?::-([\s\S]*))?$/.exec(raw.slice(2, -1));
  const fallback = match?.[2] ?? null;
  // A variable inside a default would look expanded and is not: better to say so.
  if (match?.[1] === undefined || fallback?.includes('${')) return { is: 'malformed', raw };
  return { is: 'variable', raw, name: match[1], fallback };
}

function closingBrace(text: string, opening: number): number | null {
  let depth = 0;
  for (let i = opening; i < text.length; i += 1) {
    if (text[i] === '{') depth += 1;
    else if (text[i] === '}') depth -= 1;
    if (depth === 0) return i;
  }
  return null;
}

/** Whether a text holds a variable, resolved or not. */
export function hasVariables(text: string): boolean {
  return text.includes('${') && piecesOf(text).some((piece) => piece.is !== 'literal');
}

/** Whether variables were left unexpanded in settings: those of what is not looked at need not be set. */
export const hasUnsetVariables = (settings: unknown): boolean => hasVariables(JSON.stringify(settings));
