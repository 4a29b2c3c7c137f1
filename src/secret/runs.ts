/**
 * Replaces every run of certain code units. As a regular expression would do it, but without its stack: that grows with
 * the run, and a service decides how long it is.
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
