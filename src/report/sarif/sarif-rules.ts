import { families, type Rule } from '../../judge/rule.js';
import { rules } from '../../judge/rules/index.js';
import type { Severity } from '../../model.js';

/** SARIF 2.1.0 §3.27.10. */
export const levels = {
  critical: 'error',
  error: 'error',
  warning: 'warning',
  info: 'note',
} as const satisfies Record<Severity, string>;

/** Lines that begin with blanks are commands, and become code; words in angle brackets are not HTML. */
function asMarkdown(text: string): string {
  return text
    .split('\n')
    .map((line) =>
      /^\s/.test(line) ? `\n    ${line.trim()}` : line.replace(/`[^`]*`|</g, (s) => (s === '<' ? '&lt;' : s)),
    )
    .join('\n');
}

function descriptor(rule: Rule) {
  const { code, title, explanation, example, proof, remedy, family, severity } = rule;
  const sections: readonly [string, string][] = [
    ['Example', example],
    ['Proved by', proof],
    ['Prevention', remedy],
  ];
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: explanation },
    help: {
      text: [explanation, ...sections.map(([head, text]) => `${head}: ${text}`)].join('\n\n'),
      markdown: [explanation, ...sections.map(([head, text]) => `**${head}:** ${text}`)]
        .map(asMarkdown)
        .join('\n\n'),
    },
    defaultConfiguration: { level: levels[severity === 'by-role' ? 'error' : severity] },
    properties: { tags: ['security', families[family]] },
  };
}

/** Every rule as a reporting descriptor (SARIF 2.1.0 §3.49), in the order of the registry. */
export const descriptors = () => rules.map(descriptor);

/** The place of a rule in `descriptors`; -1 where there is none. */
export const indexOfRule = (code: string): number => rules.findIndex((rule) => rule.code === code);
