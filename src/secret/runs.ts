/**
 * Replaces every run of certain code units, like a regular expression, but without recursion: the stack would grow
 * with the run, whose length a service determines.
 */
export function mapRuns(
  text: string,
  isPart: (unit: number) => boolean,
  replace: (run: string) => string,
): string {
  let result = '';
  let start = 0;
  let inRun = false;
  for (let at = 0; at <= text.length; at += 1) {
    const isIn = at < text.length && isPart(text.charCodeAt(at));
    if (isIn === inRun && at < text.length) continue;
    const piece = text.slice(start, at);
    result += inRun ? replace(piece) : piece;
    start = at;
    inRun = isIn;
  }
  return result;
}
