import type { FormatName } from './format-names.js';
import { github } from './github.js';
import { html } from './html/html.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { pretty } from './pretty/pretty.js';
import type { Reporter } from './reporter.js';
import { sarif } from './sarif.js';
import { tap } from './tap.js';

export type { FormatName } from './format-names.js';

/** Every way to write a report, by the name that `--format` takes. */
export const reporters = { pretty, json, junit, sarif, github, markdown, html, tap } satisfies Record<
  FormatName,
  Reporter
>;
