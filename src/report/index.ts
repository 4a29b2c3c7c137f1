import type { FormatName } from './format-names.js';
import { github } from './github.js';
import { htmlReport } from './html/html.js';
import { json } from './json.js';
import { junit } from './junit.js';
import { markdown } from './markdown.js';
import { pretty } from './pretty/pretty.js';
import type { Reporter } from './reporter.js';
import { sarif } from './sarif.js';
import { tap } from './tap.js';

export type { FormatName } from './format-names.js';

/** Every format by the name that `--format` takes. */
export const reporters = {
  pretty,
  json,
  junit,
  sarif,
  // Its log begins with the report for people.
  github: github(pretty),
  markdown,
  html: htmlReport,
  tap,
} satisfies Record<FormatName, Reporter>;
