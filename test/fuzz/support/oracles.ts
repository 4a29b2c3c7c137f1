import { readBack } from '../../support/readable.js';
import { workflowCommands } from '../../support/workflow-commands.js';
import { excerpt, must } from './target.js';

/**
 * What must hold for texts that the program prints, whatever it was told. Nothing here uses what the program itself uses
 * for it: no escape, no redaction.
 */

/** Lines of earlier cases, in which nothing was found: most of what is printed is the same every time. */
export class SeenLines {
  readonly #lines = new Set<string>();

  /** The lines of a text that were not there before. */
  newIn(text: string): string {
    return text
      .split('\n')
      .filter((line) => !this.#lines.has(line))
      .join('\n');
  }

  add(text: string): void {
    if (this.#lines.size > 300_000) this.#lines.clear();
    for (const line of text.split('\n')) if (line.length < 1000) this.#lines.add(line);
  }
}

/**
 * No eight characters of a secret can be read back, through two layers of encoding from the JSON report, in which
 * everything is, and through one from what other formats make of it.
 */
export function mustHoldNoSecret(
  outputs: Readonly<Record<string, string>>,
  secrets: readonly string[],
  seen = new SeenLines(),
): void {
  for (const [where, text] of Object.entries(outputs)) {
    const layers = where.endsWith('json') ? 2 : 1;
    const found = readBack({ [where]: seen.newIn(text) }, secrets, layers);
    must(
      found === null,
      () => `${where} shows ${JSON.stringify(found?.run)}: ${excerpt(linesWith(text, found?.run ?? ''))}`,
    );
  }
  for (const text of Object.values(outputs)) seen.add(text);
}

function linesWith(text: string, run: string): string {
  const lines = text.split('\n').filter((line) => line.toLowerCase().includes(run));
  return lines.length === 0 ? text : lines.join('\n');
}

/** Controls but the end of a line, and what reverses, joins or hides text. */
const harmful = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069\u2028\u2029\u200b-\u200f\u061c\ufeff]|\p{Cs}/u;

/** Nothing that a terminal, an editor or the log of a pipeline acts upon. */
export function mustBeHarmless(where: string, text: string): void {
  const found = harmful.exec(text);
  must(found === null, () => {
    const at = found?.index ?? 0;
    const code = text.codePointAt(at)?.toString(16);
    return `${where}: U+${code} in ${JSON.stringify(text.slice(Math.max(0, at - 80), at + 20))}`;
  });
}

/** No line is a command to a runner of pipelines. */
export function mustCommandNothing(where: string, text: string): void {
  const line = /^\s*(?:::|##\[).*$|^.*##(?:\[|vso\[|teamcity\[).*$/m.exec(text)?.[0];
  must(line === undefined, () => `${where}: a command: ${excerpt(line ?? '')}`);
}

/** The only commands are the annotations, one for each finding at most and one for the whole. */
export function mustBeAnnotations(where: string, text: string, findings: number): void {
  const commands = workflowCommands(text);
  const meant = commands.filter(({ name }) => /^(?:error|warning|notice|group|endgroup)$/.test(name));
  must(commands.length === meant.length, () => `${where}: ${JSON.stringify(commands)}`);
  const annotations = meant.filter(({ name }) => !name.endsWith('group'));
  must(
    annotations.length <= findings + 1,
    () => `${where}: ${annotations.length} annotations for ${findings} findings: ${excerpt(text)}`,
  );
  must(!text.includes('##['), () => `${where}: ##[ in ${excerpt(text)}`);
}

/** Every line is one of TAP 14, and there are as many results as planned. */
export function mustBeTap(where: string, text: string): void {
  const lines = text.split('\n').filter((line) => line !== '');
  const odd = lines.find(
    (line) => !/^(?:TAP version 14|1\.\.\d+(?: # .*)?|(?:not )?ok \d+ - .*|#.*| {2}.*)$/.test(line),
  );
  must(odd === undefined, () => `${where}: not a line of TAP: ${excerpt(odd ?? '')}`);
  const planned = Number(/^1\.\.(\d+)/m.exec(text)?.[1]);
  const results = lines.filter((line) => /^(?:not )?ok /.test(line)).length;
  must(planned === results, () => `${where}: ${results} results where ${planned} are planned`);
}

/** One JSON document a line. */
export function mustBeJsonLines(where: string, text: string): void {
  for (const line of text.split('\n').slice(0, -1)) {
    try {
      JSON.parse(line);
    } catch {
      must(false, () => `${where}: not JSON: ${excerpt(line)}`);
    }
  }
}

/** A document whose characters XML allows, without an element that a report does not have. */
export function mustBeMarkup(where: string, text: string): void {
  const odd = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.exec(text);
  must(odd === null, () => `${where}: U+${text.codePointAt(odd?.index ?? 0)?.toString(16)}`);
  const element = /<(?:script|img|iframe|!\[CDATA\[|!--)/i.exec(text.replace(/^<!doctype html>/i, ''));
  must(element === null, () => `${where}: ${text.slice(element?.index, (element?.index ?? 0) + 200)}`);
}

/** All of it, for what `jwtcheck check` writes in a format. */
export function mustBeSafe(format: string, where: string, text: string, findings: number): void {
  mustBeHarmless(where, text);
  if (format === 'github') mustBeAnnotations(where, text, findings);
  else if (format === 'pretty' || format === 'tap') mustCommandNothing(where, text);
  if (format === 'tap') mustBeTap(where, text);
  if (format === 'json' || format === 'sarif') JSON.parse(text);
  if (format === 'html' || format === 'junit') mustBeMarkup(where, text);
}
