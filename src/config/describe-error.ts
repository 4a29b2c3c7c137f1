import { ConfigError, type JwtcheckError } from '../errors.js';
import { sanitize } from '../report/text/sanitize.js';

/** Maximum number of printed problems. More problems indicate the wrong file. */
const mostShown = 50;

/**
 * Formats an error for a terminal: the file of a configuration first, then one line for each problem; one line for
 * other errors; then what to do. Ends with a newline. Contains no secret, like the error itself.
 */
export function describeError(error: JwtcheckError): string {
  const lines = error instanceof ConfigError ? configLines(error) : [`jwtcheck: ${sanitize(error.message)}`];
  if (error.hint !== undefined && error.hint !== '') lines.push(`hint: ${sanitize(error.hint)}`);
  return `${lines.join('\n')}\n`;
}

function configLines({ file, problems }: ConfigError): string[] {
  const where = file === null ? 'configuration' : sanitize(file);
  const [only] = problems;
  if (problems.length === 1 && only?.path === '')
    return [`jwtcheck: ${file === null ? '' : `${where}: `}${sanitize(only.message)}`];
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  const shown = problems
    .slice(0, mostShown)
    .map((problem) => `  ${sanitize(`${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`)}`);
  const rest = problems.length - shown.length;
  return [`jwtcheck: ${where}: ${count}`, ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])];
}
