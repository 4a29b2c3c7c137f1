import type { Transform } from './transform.js';

/** Windows line endings: a carriage return at the end, or before every newline. */
export const crlfLineEnding: Transform = {
  code: 'crlf-line-ending',
  words: {
    title: 'A Windows (CRLF) line ending is part of the key',
    explanation:
      'A file that was saved on Windows, or checked out by Git with converted line endings, ends its lines with a ' +
      'carriage return and a newline. Code that trims newlines often leaves the carriage return, which no terminal ' +
      'shows.',
    example: 'The .env file was edited on Windows: JWT_SECRET is "abc\\r".',
    proof: "One side's fingerprint matches the other side's secret with a carriage return.",
    incidents: ['cli/cli#13588'],
    remedy:
      'Save such files with LF (`*.env text eol=lf` in .gitattributes), and store secrets with `printf %s`.',
    phrase: 'with a carriage return',
    look: 'Where the value is set, look at its last bytes (tail -c 2 FILE | xxd), and save the file with LF instead of CRLF.',
  },
  *apply(input, all) {
    const { latin1 } = input;
    yield { to: `${latin1}\r\n`, text: 'with a Windows line ending (CRLF) at its end' };
    if (!all) return;
    yield { to: `${latin1}\r`, text: 'with a carriage return at its end' };
    yield { to: `${latin1}\r\n\r\n`, text: 'with two Windows line endings (CRLF) at its end' };
    yield { to: `${latin1}\r\n\r\n\r\n`, text: 'with three Windows line endings (CRLF) at its end' };
    yield { to: `${latin1}\\r\\n`, text: 'with a Windows line ending at its end, written as "\\r\\n"' };
    yield { to: `${latin1}\n\r`, text: 'with a newline and a carriage return at its end' };
    if (latin1.includes('\n') && !input.isLong)
      yield { to: unix(latin1).replaceAll('\n', '\r\n'), text: 'with CRLF for every newline' };
  },
  *undo({ latin1 }) {
    if (!latin1.includes('\r')) return;
    if (latin1.endsWith('\r\n'))
      yield { to: latin1.slice(0, -2), text: 'without its last CRLF', filter: "tr -d '\\r'" };
    else if (latin1.endsWith('\r'))
      yield { to: latin1.slice(0, -1), text: 'without its last carriage return', filter: "tr -d '\\r'" };
    yield {
      to: latin1.replace(/[\r\n]+$/, ''),
      text: 'without the line endings at its end',
      filter: "tr -d '\\r'",
    };
    yield { to: unix(latin1), text: 'with a newline for every CRLF', filter: "tr -d '\\r'" };
  },
};

const unix = (text: string): string => text.replaceAll('\r\n', '\n');
