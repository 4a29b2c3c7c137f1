import { github } from './github.js';
import { html } from './html.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import type { FormatName } from './names.js';
import { pretty } from './pretty.js';
import type { Reporter } from './report.js';
import { sarif } from './sarif.js';
import { tap } from './tap.js';

export type { FormatName } from './names.js';

/** Every way to write a report, by the name that `--format` takes. */
export const reporters = { pretty, json, junit, sarif, github, markdown, html, tap } satisfies Record<
  FormatName,
  Reporter
>;
