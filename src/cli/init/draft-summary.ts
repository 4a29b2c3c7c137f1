import { sanitize } from '../../report/text/sanitize.js';
import { wrapWithIndent } from '../../report/text/wrap.js';
import type { Defaults } from './infer-defaults.js';
import type { Scan } from './scan.js';

/** Minimum width of the location beside a name. With less, it is printed below. */
const roomForPlaces = 36;

/** Lists the detected names and their locations. */
export function summary(look: Scan, guess: Defaults, columns: number): string {
  const { project, secret, entry, services, variables } = guess;
  const rows: (readonly [what: string, from: string])[] = [];
  const add = (what: string, from: string): void => void rows.push([what, from]);
  if (project !== null) add(`project ${project.project}`, project.from);
  if (secret !== null) {
    const version = secret.version === 'latest' ? '' : `, version ${secret.version}`;
    add(
      `secret ${secret.secret}`,
      secret.sure ? `${secret.from}${version}` : `${secret.from}: a Kubernetes Secret`,
    );
  }
  if (entry !== null) add(`entry ${entry.key}`, entry.path);
  for (const { name, url, from } of services)
    add(`service ${name}`, url === null ? `${from}: its URL is unknown` : `${from}: ${url}`);
  for (const { name, from } of variables) add(`variable ${name}`, from);
  const count = `Read the names in ${look.files} ${look.files === 1 ? 'file' : 'files'}`;
  const limits = [
    ...(look.unreadable === 0 ? [] : [`${look.unreadable} could not be read, such as templates`]),
    ...(look.cut ? ['the limit was reached, other files were not read'] : []),
  ];
  const width = Math.min(32, Math.max(0, ...rows.map(([what]) => what.length)));
  return [
    ...wrapWithIndent(
      '',
      `${[count, ...limits].join('; ')}.${rows.length === 0 ? ' Nothing useful was found.' : ''}`,
      columns,
    ),
    ...rows.flatMap(([what, from]) =>
      columns - width < roomForPlaces
        ? [
            ...wrapWithIndent('  ', sanitize(what), columns),
            ...wrapWithIndent('    ', sanitize(from), columns),
          ]
        : wrapWithIndent(`  ${sanitize(what).padEnd(width)}  `, sanitize(from), columns),
    ),
    '',
    '',
  ].join('\n');
}
