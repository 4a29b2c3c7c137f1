/** Milliseconds for which an answer about a span that moves with the time is right enough. */
const freshMs = 10_000;

/** Different spans that are asked for; more are worked out anew. */
const mostKept = 16;

/** Answers that take work, kept until something new happened: it is done once, however many ask. */
export interface Answers<T> {
  of(span: number, make: () => Promise<T>): Promise<T>;
  forget(): void;
}

export function openAnswers<T>(): Answers<T> {
  const kept = new Map<number, { readonly answer: Promise<T>; readonly at: number }>();
  return {
    of(span, make) {
      const known = kept.get(span);
      if (known !== undefined && performance.now() - known.at < freshMs) return known.answer;
      const answer = make();
      kept.delete(span);
      kept.set(span, { answer, at: performance.now() });
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      // A failed build is repeated by the next request.
      answer.catch(() => {
        if (kept.get(span)?.answer === answer) kept.delete(span);
      });
      return answer;
    },
    forget: () => kept.clear(),
  };
}
