import { families, type Rule } from '../../src/judge/rule.js';

/** Every finding on one page of Markdown: the text of `jwtcheck explain`, for reading in one go. */
export function findingsPage(rules: readonly Rule[]): string {
  const sections = Object.entries(families).flatMap(([family, title]) => {
    const members = rules.filter((rule) => rule.family === family);
    return members.length === 0 ? [] : [`## ${title}`, ...members.map(entry)];
  });
  return `${[head, ...sections].join('\n\n')}\n`;
}

const head = `# Findings

What jwtcheck can conclude, by family. \`jwtcheck explain CODE\` shows the same on the command line. A participant that differs
gets exactly one cause: the most specific that is proved.`;

function entry(rule: Rule): string {
  const severity = rule.severity === 'by-role' ? 'error; critical on an issuer' : rule.severity;
  return [
    `### ${rule.code}`,
    `**${rule.title}.** Severity: ${severity}.`,
    markdown(rule.explanation),
    `*Example:* ${markdown(rule.example)}`,
    `*Proved by:* ${markdown(rule.proof)}`,
    `*Prevention:* ${markdown(rule.remedy)}`,
    ...(rule.incidents.length === 0 ? [] : [`*Seen in:* ${rule.incidents.join(', ')}`]),
  ].join('\n\n');
}

/** Lines that begin with spaces are commands; words in angle brackets are not HTML. */
function markdown(text: string): string {
  return text
    .split('\n')
    .map((line) => (/^\s/.test(line) ? `\n    ${line.trim()}` : line.replace(/`[^`]*`|</g, escaped)))
    .join('\n');
}

const escaped = (found: string): string => (found === '<' ? '\\<' : found);
