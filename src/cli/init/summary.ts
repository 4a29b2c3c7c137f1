import { plain } from '../../report/text/sanitize.js';
import { hang } from '../../report/text/wrap.js';
import type { Guess } from './infer-defaults.js';
import type { Look } from './scan.js';

/** Beside what was found, where it is from needs so much; with less it comes below. */
const roomForPlaces = 36;

/** What was found, and where each of it comes from. */
export function told(look: Look, guess: Guess, columns: number): string {
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
  const count = `Looked at ${look.files} ${look.files === 1 ? 'file' : 'files'}, at names only`;
  const limits = [
    ...(look.unreadable === 0 ? [] : [`${look.unreadable} could not be read, such as templates`]),
    ...(look.cut ? ['there is more than was looked at'] : []),
  ];
  const width = Math.min(32, Math.max(0, ...rows.map(([what]) => what.length)));
  return [
    ...hang(
      '',
      `${[count, ...limits].join('; ')}.${rows.length === 0 ? ' Nothing was found that helps.' : ''}`,
      columns,
    ),
    ...rows.flatMap(([what, from]) =>
      columns - width < roomForPlaces
        ? [...hang('  ', plain(what), columns), ...hang('    ', plain(from), columns)]
        : hang(`  ${plain(what).padEnd(width)}  `, plain(from), columns),
    ),
    '',
    '',
  ].join('\n');
}
