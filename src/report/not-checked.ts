import { version } from '../version.js';
import type { FormatName } from './format-names.js';
import { commandData, fenced, sarifMessage, tapReason, xml } from './text/escape.js';
import { concat, html, lines, text } from './text/html-template.js';
import { jsonText } from './text/json-text.js';

/** Why nothing was checked: a usage or configuration error without secrets. */
export interface NotChecked {
  readonly code: string;
  /** The configuration's file; `null` if there is none. */
  readonly file: string | null;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly hint: string | null;
}

const summary = 'jwtcheck: usage or configuration error, nothing was checked';

const lineOf = ({ path, message: text }: NotChecked['problems'][number]): string =>
  path === '' ? text : `${path}: ${text}`;

const linesOf = ({ file, problems, hint }: NotChecked): string[] => [
  ...(file === null ? [] : [file]),
  ...problems.map(lineOf),
  ...(hint === null ? [] : [`hint: ${hint}`]),
];

function junit(error: NotChecked): string {
  const [first] = error.problems;
  const text = linesOf(error)
    .map((line) => xml(line, 1000))
    .join('\n');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    '  <testsuite name="jwtcheck" tests="1" failures="0" errors="1" skipped="0" time="0.000">',
    '    <testcase name="configuration" classname="jwtcheck" time="0.000">',
    `      <error message="${xml(first === undefined ? summary : lineOf(first))}" type="${xml(error.code)}">${text}</error>`,
    '    </testcase>',
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function sarif(error: NotChecked): string {
  const { file, problems, hint, code } = error;
  const notification = (text: string) => ({
    level: 'error',
    message: { text: sarifMessage(text) },
    descriptor: { id: code },
    ...(file === null
      ? {}
      : { locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) } } }] }),
  });
  return jsonText({
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'jwtcheck', version, semanticVersion: version, rules: [] } },
        invocations: [
          {
            executionSuccessful: false,
            exitCode: 2,
            exitCodeDescription: summary,
            toolConfigurationNotifications: [
              ...problems.map((problem) => notification(lineOf(problem))),
              ...(hint === null ? [] : [notification(hint)]),
            ],
          },
        ],
        columnKind: 'utf16CodeUnits',
        results: [],
      },
    ],
  });
}

function page(error: NotChecked): string {
  const items = linesOf(error).map((line) => html`<li>${text(line, 1000)}</li>`);
  const document = lines(
    html`<!doctype html>`,
    html`<html lang="en"><head><meta charset="utf-8"><title>jwtcheck: nothing was checked</title></head>`,
    html`<body><h1>${summary}</h1>`,
    html`<ul>${concat(...items)}</ul></body></html>`,
  );
  return `${document}\n`;
}

/**
 * The output of every format if nothing was checked, so that a pipeline that reads the file shows the error. People read it
 * on standard error: `pretty` adds nothing.
 */
export const notChecked: Readonly<Record<FormatName, (error: NotChecked) => string>> = {
  pretty: () => '',
  json: ({ code, file, problems, hint }) =>
    jsonText({
      schemaVersion: 1,
      tool: { name: 'jwtcheck', version },
      exitCode: 2,
      error: { code, file, problems, hint },
    }),
  junit,
  sarif,
  github: (error) => `::error title=jwtcheck::${commandData(linesOf(error))}\n`,
  markdown: (error) => `**${summary}**\n\n${fenced(linesOf(error)).join('\n')}\n`,
  html: page,
  tap: (error) => `TAP version 14\nBail out! ${tapReason(linesOf(error).join('; '))}\n`,
};
