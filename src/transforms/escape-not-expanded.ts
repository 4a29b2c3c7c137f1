import type { Transform } from './transform.js';

const names = new Map([
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['\\', '\\\\'],
]);
const characters = new Map([...names].map(([character, name]) => [name, character]));

/** As C, and after it most languages, read what follows a backslash. */
const escapes: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', e: '\x1b', '0': '\0' },
};

/** Escapes such as `\n` kept as two characters, or backslashes that were interpreted as escapes. */
export const escapeNotExpanded: Transform = {
  code: 'escape-not-expanded',
  words: {
    title: 'Backslashes are interpreted differently',
    explanation:
      'One side holds `\\n` as two characters where the other has a newline, or one side took a backslash for an escape ' +
      'and dropped it. systemd, dotenv readers, YAML and shells have different rules.',
    example: 'EnvironmentFile= of systemd drops the backslash of "ab\\cd".',
    proof:
      "One side's fingerprint matches the other side's secret with its escapes expanded, kept or dropped.",
    incidents: ['systemd#8857'],
    remedy:
      'Use secrets without backslashes and line breaks: every reader keeps letters and digits unchanged.',
    phrase: 'with its backslashes read in another way',
    look: 'Where the value is set, look at how it is quoted: single quotes keep backslashes in shells and YAML.',
  },
  *apply({ latin1, isLong }, all) {
    if (isLong || !/[\n\t\r\\]/.test(latin1)) return;
    yield { to: latin1.replace(/[\n\t\r]/g, named), text: 'with "\\n" as two characters' };
    yield { to: latin1.replaceAll('\\', ''), text: 'without its backslashes' };
    yield { to: latin1.replace(/\\([\s\S])/g, '$1'), text: 'with a backslash taken for an escape' };
    yield { to: latin1.replaceAll('\\', '\\\\'), text: 'with two backslashes for one' };
    if (!all) return;
    yield {
      to: latin1.replace(/[\n\t\r\\]/g, named),
      text: 'with "\\n" as two characters and backslashes doubled',
    };
    yield { to: latin1.replaceAll('\\\\', '\\'), text: 'with one backslash for two' };
    yield {
      to: latin1.replace(/\\(["'$`\\])/g, '$1'),
      text: 'with a backslash before quotes, "$" and backslashes dropped',
    };
    yield {
      to: latin1.replace(/\\\n/g, ''),
      text: 'with a backslash at the end of a line taken for its continuation',
    };
    yield { to: latin1.replaceAll('\\', '/'), text: 'with "/" for every backslash' };
    for (const octal of [
      /\\(?:x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|([\s\S]))/g,
      /\\(?:x([0-9A-Fa-f]{2})|(0[0-7]{0,3})|([\s\S]))/g,
    ]) {
      for (const keeps of [true, false])
        yield {
          to: latin1.replace(octal, (all: string, hex?: string, eight?: string, one?: string) =>
            hex !== undefined
              ? String.fromCharCode(Number.parseInt(hex, 16))
              : eight !== undefined
                ? String.fromCharCode(Number.parseInt(eight, 8) & 0xff)
                : (escapes[one ?? ''] ??
                  (one === '\\' || one === '"' || one === "'" || !keeps ? (one ?? '') : all)),
          ),
          text: `with its backslashes read as escapes${keeps ? '' : ', unknown ones dropped'}`,
        };
    }
    yield { to: latin1.replace(/\\c[\s\S]*$/, ''), text: 'cut at a "\\c", as echo does' };
  },
  *undo({ latin1, isLong }, all) {
    if (isLong || !latin1.includes('\\')) return;
    yield { to: latin1.replace(/\\[ntr]/g, meant), text: 'with its escapes expanded' };
    if (!all) return;
    yield {
      to: latin1.replace(/\\[ntr\\]/g, meant),
      text: 'with its escapes expanded, those of backslashes too',
    };
    yield { to: latin1.replaceAll('\\\\', '\\'), text: 'with one backslash for two' };
  },
};

const named = (character: string): string => names.get(character) ?? character;

const meant = (name: string): string => characters.get(name) ?? name;
