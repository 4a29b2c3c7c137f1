import type { Loaded } from '../config/load.js';
import { commandError } from '../observe/sources/command.js';
import { run } from '../observe/sources/run-command.js';
import { quoted } from '../schema/path.js';
import type { Io } from '../system/io.js';
import type { TaskEnd } from './carry-out.js';
import type { Task } from './steps.js';

/** Runs a hook or a rollout from the folder of the configuration, with this process's environment and never a key. */
export async function runTask(
  { argv, env, timeoutMs }: Pick<Task, 'argv' | 'env' | 'timeoutMs'>,
  loaded: Pick<Loaded, 'folder' | 'label' | 'scrub'>,
  io: Pick<Io, 'inheritedEnv' | 'signal'>,
): Promise<TaskEnd> {
  const [program = '', ...args] = argv;
  const { signal } = io;
  const running = {
    cwd: loaded.folder,
    env: { ...io.inheritedEnv, ...env },
    signal,
    timeoutMs,
    discardsOutput: true,
  };
  const ran = await run(program, args, running);
  if (ran.is === 'output') return { ok: true };
  const name = quoted(loaded.label(program));
  const { message, hint = null } = commandError(ran, name, timeoutMs, { signal });
  const isTooSlow = ran.is === 'stopped' && !signal.aborted;
  return {
    ok: false,
    message: loaded.scrub(message),
    hint: isTooSlow
      ? 'Check whether it waits for input. Raise `rotation.hookTimeout`, or the `timeout` of the rollout, if it needs more time.'
      : hint,
  };
}
