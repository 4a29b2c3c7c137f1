/** A command as GitHub's runner understands a line of a log. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Commands that the runner obeys, documented and legacy ones. */
const known = new Set(
  'error warning notice debug group endgroup add-mask add-matcher remove-matcher stop-commands echo set-output save-state set-env add-path internal-set-repo-path'.split(
    ' ',
  ),
);

const unescapedData = (text: string): string =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
const unescapedProperty = (text: string): string =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');

/** `::name key=value,…::data` at the start of a line, leading whitespace aside. */
function atStart(line: string): WorkflowCommand | null {
  const text = line.trimStart();
  const end = text.indexOf('::', 2);
  if (!text.startsWith('::') || end < 0) return null;
  const [name = '', ...rest] = text.slice(2, end).split(' ');
  if (!known.has(name)) return null;
  const properties: Record<string, string> = {};
  for (const pair of rest.join(' ').trim().split(',')) {
    const [key = '', ...value] = pair.split('=');
    if (value.length > 0) properties[key] = unescapedProperty(value.join('='));
  }
  return { name, properties, data: unescapedData(text.slice(end + 2)) };
}

/** `##[name key=value;…]data` anywhere in a line, the older form. */
function anywhere(line: string): WorkflowCommand | null {
  const match = /##\[([a-z-]+)[^\]]*\](.*)/.exec(line);
  const [, name = '', data = ''] = match ?? [];
  return known.has(name) ? { name, properties: {}, data } : null;
}

/** Every command in a log, as the runner would obey it, except `stop-commands`: commands after it are listed, too. */
export function workflowCommands(log: string): WorkflowCommand[] {
  return log.split(/\r\n|\r|\n/).flatMap((line) => atStart(line) ?? anywhere(line) ?? []);
}
