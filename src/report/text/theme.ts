import { Chalk, type ChalkInstance } from 'chalk';
import type { Severity } from '../../model.js';
import type { Status } from '../view/status.js';

/** Puts color around a text whose width was already measured. */
export type TextStyle = (text: string) => string;

/** The colors of terminal output by their meaning. */
export interface Theme {
  readonly status: Readonly<Record<Status, TextStyle>>;
  readonly severity: Readonly<Record<Severity, TextStyle>>;
  readonly heading: TextStyle;
  readonly strong: TextStyle;
  readonly faint: TextStyle;
  readonly command: TextStyle;
}

/** Chalk joins all its arguments; a style takes one, so that it can be mapped over lines. */
function styled(chalk: ChalkInstance): TextStyle {
  return (text) => chalk(text);
}

/** The theme of a terminal; without color, every style returns its text unchanged. */
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

/** Paints the symbol after the indent of two columns. */
export function paintSymbol(line: string, style: TextStyle): string {
  return `${line.slice(0, 2)}${style(line.slice(2, 3))}${line.slice(3)}`;
}
