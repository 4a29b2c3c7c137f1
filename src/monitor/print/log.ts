import { jsonLine } from '../../report/text/json-text.js';
import { sanitize } from '../../report/text/sanitize.js';
import type { Output } from '../../system/io.js';

/** The formats of the log on standard error, by the values of `--log-format`. */
export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export const isLogFormat = (name: string): name is LogFormat => logFormats.some((one) => one === name);

/** Additional fields of a line, for programs. */
export interface LogFields {
  readonly [key: string]: string | number | null;
}

/** Log messages other than events. */
export interface Log {
  /** @param text as people read it, with its line break; the JSON has it without colour, on one line */
  info(text: string, fields?: LogFields): Promise<void>;
  /** One sentence; it may hold control characters. */
  warn(text: string): Promise<void>;
  error(text: string): Promise<void>;
}

export function createLog(format: LogFormat, output: Output, now: () => Date): Log {
  const json = (level: string, text: string, fields: LogFields = {}): Promise<void> => {
    const message = sanitize(text.trim());
    return output.write(jsonLine({ time: now().toISOString(), level, message, ...fields }));
  };
  if (format === 'json')
    return {
      info: (text, fields) => json('info', text, fields),
      warn: (text) => json('warn', text),
      error: (text) => json('error', text),
    };
  return {
    info: (text) => output.write(text),
    warn: (text) => output.write(`jwtcheck: ${sanitize(text)}\n`),
    error: (text) => output.write(text),
  };
}
