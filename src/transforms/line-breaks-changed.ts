import { inLines } from './base64.js';
import { nothing, type Transform, type Variant } from './transform.js';

/** Widths at which programs wrap: openssl, PEM, MIME, mail, fold, uuencode, terminals, YAML. */
const widths = [64, 76, 60, 48, 70, 72, 78, 79, 80, 100, 120];

/** Lines of one secret joined, or one line broken into several. */
export const lineBreaksChanged: Transform = {
  code: 'line-breaks-changed',
  words: {
    title: 'The line breaks in the secret were changed',
    explanation:
      'The secret has several lines (`openssl rand -base64 64` prints two), and one side joined them or replaced the ' +
      'line breaks with spaces, as an input field and folded YAML do. Or the secret is one long line that was wrapped.',
    example: 'A secret of two lines was pasted into an input field, which joined them.',
    proof:
      "One side's fingerprint matches the other side's secret with its line breaks removed, replaced or added.",
    incidents: ['darklang#2861', 'jabali-panel#193'],
    remedy: 'Make secrets of one line that nothing wraps: openssl rand -base64 48, or -A for longer ones.',
    phrase: 'with other line breaks',
    look: 'Where the value is set, look for an input field, folded YAML (">") or a program that wraps lines: use -A with openssl, -w0 with base64.',
  },
  *apply({ latin1, isLong }, all) {
    if (isLong) return;
    if (/[\r\n]/.test(latin1.replace(/\s+$/, ''))) {
      yield* joined(latin1, all);
      return;
    }
    const possible = widths.filter((width) => width < latin1.length);
    for (const width of possible.filter((one) => all || one === 64 || one === 76)) {
      const lines = inLines(latin1, width);
      const text = `in lines of ${width} characters`;
      yield { to: lines, text };
      yield { to: `${lines}\n`, text: `${text}, with a newline at the end` };
    }
    if (!all) return;
    for (const width of possible) {
      const text = `in lines of ${width} characters`;
      yield { to: inLines(latin1, width, '\r\n'), text: `${text}, with CRLF between` };
      yield { to: `${inLines(latin1, width, '\r\n')}\r\n`, text: `${text}, with CRLF` };
      yield { to: inLines(latin1, width, ' '), text: `with a space after every ${width} characters` };
      yield { to: inLines(latin1, width, '\\n'), text: `${text}, with the two characters "\\n" between` };
      yield { to: inLines(latin1, width, '\n  '), text: `${text}, indented` };
      yield { to: inLines(latin1, width, '\\\n'), text: `${text}, with a backslash at the end of each` };
    }
    if (latin1.includes(' ')) {
      yield { to: latin1.replaceAll(' ', '\n'), text: 'with a newline for every space' };
      yield { to: latin1.replace(/\s+/g, ' '), text: 'with one space for several' };
      yield { to: latin1.replace(/\s+/g, ''), text: 'without the spaces inside it' };
    }
  },
  undo: nothing,
};

function* joined(text: string, all: boolean): Iterable<Variant> {
  const trimmed = text.replace(/[\r\n]+$/, '');
  const lineEnd = /\r\n|\r|\n/g;
  for (const [between, words] of [
    ['', 'with its lines joined'],
    [' ', 'with a space for every line break'],
    ['\\n', 'with the two characters "\\n" for every line break'],
    [',', 'with its lines joined by commas'],
    [';', 'with its lines joined by ";"'],
    ['\\r\\n', 'with the characters "\\r\\n" for every line break'],
    ['\t', 'with a tab for every line break'],
    ['\n\n', 'with an empty line after each line'],
    ['\r', 'with a carriage return for every line break'],
    ['%0A', 'with "%0A" for every line break'],
    ['<br>', 'with "<br>" for every line break'],
  ] as const) {
    yield { to: trimmed.replace(lineEnd, between), text: words };
    if (trimmed !== text) yield { to: text.replace(lineEnd, between), text: `${words}, the last one too` };
    if (!all && between === ' ') return;
  }
  yield { to: text.replace(/\s+/g, ''), text: 'with its lines joined and without whitespace' };
  yield { to: text.replace(/\s+/g, ' ').trim(), text: 'with one space for all whitespace between its lines' };
  const lines = trimmed.split(lineEnd).map((line) => line.trim());
  yield { to: lines.join('\n'), text: 'with each of its lines trimmed' };
  yield { to: lines.join(''), text: 'with each of its lines trimmed, and joined' };
  yield { to: lines.join(' '), text: 'with each of its lines trimmed, and joined by spaces' };
  yield { to: lines.filter((line) => line !== '').join('\n'), text: 'without its empty lines' };
  yield { to: text.replace(/\n/g, '\n  '), text: 'with its lines indented' };
}
