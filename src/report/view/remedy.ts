/** A piece of a remedy: words, or a command to be pasted. */
export interface RemedyPart {
  readonly kind: 'prose' | 'command';
  readonly text: string;
}

/** A command of at least three words in backticks; shorter ones read well inside their sentence. */
const command = /`([a-z][\w./-]*(?: [^`\s]+){2,})`/;

function sentenceParts(text: string): RemedyPart[] {
  const match = command.exec(text);
  if (match?.[1] === undefined) return [{ kind: 'prose', text }];
  const before = text.slice(0, match.index).trimEnd();
  const after = text.slice(match.index + match[0].length).replace(/^[.,;:]?\s*/, '');
  return [
    ...(before === ''
      ? []
      : [{ kind: 'prose', text: /[.,;:]$/.test(before) ? before : `${before}:` } as const]),
    { kind: 'command', text: match[1] },
    ...(after === '' ? [] : sentenceParts(after)),
  ];
}

/**
 * A remedy with its commands apart, so that they can stand on lines of their own: lines that begin with two blanks,
 * and what stands in backticks and is a whole command.
 */
export function remedyParts(remedy: string): RemedyPart[] {
  return remedy.split('\n').flatMap((line): RemedyPart[] => {
    if (line.trim() === '') return [];
    return line.startsWith('  ') ? [{ kind: 'command', text: line.trim() }] : sentenceParts(line);
  });
}
