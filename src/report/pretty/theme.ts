import { Chalk, type ChalkInstance } from 'chalk';
import type { Severity } from '../../model.js';
import type { Standing } from '../view/status.js';

/** Puts colour around a text that was already measured. */
export type Brush = (text: string) => string;

/** The colours of the pretty report by what they mean. */
export interface Paint {
  readonly standing: Readonly<Record<Standing, Brush>>;
  readonly severity: Readonly<Record<Severity, Brush>>;
  readonly heading: Brush;
  readonly strong: Brush;
  readonly faint: Brush;
  readonly command: Brush;
}

/** One sign for each; never the only sign, for fonts and colours may be missing. */
export const marks: Readonly<Record<Standing, string>> = { fine: '✓', wrong: '✗', unclear: '?' };

/** Chalk joins all its arguments; a brush takes one, so that it may be mapped over lines. */
function brush(chalk: ChalkInstance): Brush {
  return (text) => chalk(text);
}

export function paint(color: boolean): Paint {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const red = brush(chalk.red.bold);
  const yellow = brush(chalk.yellow);
  return {
    standing: { fine: brush(chalk.green), wrong: red, unclear: yellow },
    severity: { info: brush(chalk.blue), warning: yellow, error: red, critical: red },
    heading: brush(chalk.bold),
    strong: brush(chalk.bold),
    faint: brush(chalk.dim),
    command: brush(chalk.cyan),
  };
}
