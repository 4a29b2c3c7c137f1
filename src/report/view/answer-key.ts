const duration = /\d+(?:\.\d+)? ?m?s\b/g;

/** The same for answers that differ only in how long they took. */
export function answerKey(answer: string): string {
  return answer.replace(duration, 'a while');
}

/** The first of each that are alike. */
export function distinctAnswers(answers: readonly string[]): string[] {
  const first = new Map<string, string>();
  for (const answer of answers) {
    const key = answerKey(answer);
    if (!first.has(key)) first.set(key, answer);
  }
  return [...first.values()];
}
