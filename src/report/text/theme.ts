import { Chalk, type ChalkInstance } from 'chalk';
import type { Severity } from '../../model.js';
import type { Status } from '../view/participant-status.js';

/** Puts colour around a text that was already measured. */
export type TextStyle = (text: string) => string;

/** The colours of the pretty report by what they mean. */
export interface Theme {
  readonly status: Readonly<Record<Status, TextStyle>>;
  readonly severity: Readonly<Record<Severity, TextStyle>>;
  readonly heading: TextStyle;
  readonly strong: TextStyle;
  readonly faint: TextStyle;
  readonly command: TextStyle;
}

/** One sign for each; never the only sign, for fonts and colours may be missing. */
export const symbols: Readonly<Record<Status, string>> = { ok: '✓', bad: '✗', unknown: '?' };

/** Chalk joins all its arguments; a brush takes one, so that it may be mapped over lines. */
function styled(chalk: ChalkInstance): TextStyle {
  return (text) => chalk(text);
}

export function themeOf(color: boolean): Theme {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const red = styled(chalk.red.bold);
  const yellow = styled(chalk.yellow);
  return {
    status: { ok: styled(chalk.green), bad: red, unknown: yellow },
    severity: { info: styled(chalk.blue), warning: yellow, error: red, critical: red },
    heading: styled(chalk.bold),
    strong: styled(chalk.bold),
    faint: styled(chalk.dim),
    command: styled(chalk.cyan),
  };
}
