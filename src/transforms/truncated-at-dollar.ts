import { asText, changed, type Distortion, type Variant } from './distortion.js';

const variable = /\$(?:[A-Za-z_]\w*|\{[^{}]*\})/g;

/** `$` taken for the start of a variable: by a shell, Docker Compose, a dotenv reader. */
export const truncatedAtDollar: Distortion = {
  code: 'truncated-at-dollar',
  apply(bytes) {
    const text = asText(bytes);
    if (!text.includes('$')) return [];
    return [
      ...changed(text, text.slice(0, text.indexOf('$')), 'cut at its first "$"'),
      ...changed(text, text.replace(variable, ''), 'with what looks like a variable left out'),
      ...changed(
        text,
        text.replace(/\$(?:\w+|\{[^{}]*\})/g, ''),
        'with every "$" and the word after it left out',
      ),
      ...changed(
        text,
        text.replace(/\$(?:[A-Za-z_]\w*|\{[^{}]*\}|[0-9@*!])/g, ''),
        'with what a shell takes for a variable left out',
      ),
      ...changed(
        text,
        text.replace(/\$\$|\$(?:[A-Za-z_]\w*|\{[^{}]*\})/g, (found) => (found === '$$' ? '$' : '')),
        'with what Compose takes for a variable left out',
      ),
      ...changed(text, text.replaceAll('$', ''), 'without its "$"s'),
      ...dollars(text),
    ];
  },
  // What is gone cannot be guessed; a doubled one can.
  undo(bytes) {
    const text = asText(bytes);
    return text.includes('$') ? dollars(text) : [];
  },
};

function dollars(text: string): Variant[] {
  return [
    ...changed(text, text.replace(/\$\$/g, '$'), 'with one "$" for two'),
    ...changed(text, text.replace(/\$/g, '$$$$'), 'with two "$" for one'),
  ];
}
