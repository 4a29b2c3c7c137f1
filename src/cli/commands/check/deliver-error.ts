import { ConfigError, type JwtcheckError } from '../../../errors.js';
import { type NotChecked, notChecked } from '../../../report/not-checked.js';
import type { Io } from '../../../system/io.js';
import { abandon, type Delivery, fill, prepare } from './targets.js';

/** Writes in every format that was asked for why nothing was checked; a failure to do so is not worth another error. */
export async function deliverError(
  error: JwtcheckError,
  deliveries: readonly Delivery[],
  io: Io,
): Promise<void> {
  const told: NotChecked = {
    code: error.code,
    file: error instanceof ConfigError ? error.file : null,
    problems: error instanceof ConfigError ? error.problems : [{ path: '', message: error.message }],
    hint: error.hint ?? null,
  };
  const targets = await prepare(deliveries, io).catch(() => []);
  try {
    for (const target of targets) {
      const { format, path } = target;
      const text = notChecked[format](told);
      if (path === null) await io.stdout.write(text, format === 'github' ? 'workflow-commands' : 'text');
      else if (text !== '') await fill({ ...target, path }, text).catch(() => {});
    }
  } finally {
    await abandon(targets);
  }
}
