import { asText, changed, type Distortion } from './distortion.js';

const names = new Map([
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
  ['\\', '\\\\'],
]);
const characters = new Map([...names].map(([character, name]) => [name, character]));

/** Escapes such as `\n` as two characters where one is meant, or backslashes that somebody took for escapes. */
export const escapeNotExpanded: Distortion = {
  code: 'escape-not-expanded',
  apply(bytes) {
    const text = asText(bytes);
    if (!/[\n\t\r\\]/.test(text)) return [];
    return [
      ...changed(text, text.replace(/[\n\t\r]/g, named), 'with "\\n" as two characters'),
      ...changed(
        text,
        text.replace(/[\n\t\r\\]/g, named),
        'with "\\n" as two characters and backslashes doubled',
      ),
      ...changed(text, text.replaceAll('\\', ''), 'without its backslashes'),
      ...changed(text, text.replace(/\\(.)/gs, '$1'), 'with a backslash taken for an escape'),
    ];
  },
  undo(bytes) {
    const text = asText(bytes);
    if (!text.includes('\\')) return [];
    return [
      ...changed(text, text.replace(/\\[ntr]/g, meant), 'with its escapes expanded'),
      ...changed(
        text,
        text.replace(/\\[ntr\\]/g, meant),
        'with its escapes expanded, those of backslashes too',
      ),
      ...changed(text, text.replaceAll('\\\\', '\\'), 'with one backslash for two'),
    ];
  },
};

const named = (character: string): string => names.get(character) ?? character;

const meant = (name: string): string => characters.get(name) ?? name;
