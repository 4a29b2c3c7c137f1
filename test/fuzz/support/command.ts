import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../../../src/cli/program.js';
import { describeError } from '../../../src/config/describe-error.js';
import { JwtcheckError } from '../../../src/errors.js';
import { anIo, aRecorder } from '../../support/outputs.js';
import { excerpt, must, Violation } from './target.js';

/** What a command did. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote into its folder, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Everything that it printed or wrote, by where. */
  readonly outputs: Readonly<Record<string, string>>;
}

export interface Command {
  readonly args: readonly string[];
  /** Files of its working directory. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
}

/**
 * Runs the command in this process, in a folder of its own.
 * @throws Violation where it ends in an error that is a bug
 */
export async function runCommand({ args, files, env = {}, columns = 80 }: Command): Promise<Ran> {
  const cwd = await mkdtemp(join(tmpdir(), 'jwtcheck-fuzz-'));
  const [stdout, stderr] = [aRecorder({ columns }), aRecorder({ columns })];
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(cwd, name), content);
    // As in a job of GitHub: the summary is a file, too.
    const io = {
      ...anIo(),
      env: { GITHUB_STEP_SUMMARY: join(cwd, 'summary.md'), ...env },
      cwd,
      stdout,
      stderr,
      now: () => new Date(),
    };
    const code = await runProgram(args, io).catch(async (error: unknown) => {
      if (error instanceof JwtcheckError && error.code !== 'ERR_INTERNAL') {
        await stderr.write(describeError(error));
        return 2;
      }
      const { stack } = error instanceof Error ? error : { stack: String(error) };
      throw new Violation(`it ended in an error that nobody expected: ${excerpt(stack ?? '')}`);
    });
    const written: Record<string, string> = {};
    for (const entry of await readdir(cwd, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(cwd.length + 1);
      if (entry.isFile() && !Object.hasOwn(files, name)) written[name] = await readFile(path, 'utf8');
    }
    const texts = { stdout: stdout.text(), stderr: stderr.text() };
    for (const [where, text] of Object.entries(texts))
      must(!/^\s+at .*:\d+:\d+\)?$/m.test(text), () => `${where}: a stack trace: ${excerpt(text)}`);
    return { code, ...texts, files: written, outputs: { ...texts, ...written } };
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}
