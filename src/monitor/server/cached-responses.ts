/** Milliseconds for which an answer about a span that moves with the time is right enough. */
const freshMs = 10_000;

/** The number of cached time spans; others are computed again. */
const mostKept = 16;

/**
 * Cached responses that are expensive to compute, valid until something new happened. Concurrent requests share one
 * computation.
 */
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
