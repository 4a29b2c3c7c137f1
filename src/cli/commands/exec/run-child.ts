import { ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { codeOf } from '../../../system/error-code.js';
import type { Io } from '../../../system/io.js';

/** How a program ended that was run for the user. */
type ChildEnd =
  | { readonly is: 'ended'; readonly status: number }
  | { readonly is: 'killed'; readonly signal: NodeJS.Signals }
  /** With the error code of the system, such as `ENOENT`. */
  | { readonly is: 'not-started'; readonly code: string | null };

/** What a terminal sends for Ctrl-C and Ctrl-\\, to all programs in its foreground. */
const keyboardSignals: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Runs a program in the place of this one: without a shell, with this standard input and output, and in this process group, so
 * that it stays in the foreground of a terminal. Signals are passed on to it until it ends.
 */
export function runChild(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
  io: Pick<Io, 'cwd' | 'onSignal'>,
): Promise<ChildEnd> {
  return new Promise((resolve) => {
    let child: ChildProcess | null = null;
    // Before the start: a signal in between would end this process and leave the program alone.
    const stop = io.onSignal((signal) => {
      if (child !== null && !hasReceived(child, signal)) child.kill(signal);
    });
    const settle = (end: ChildEnd): void => {
      stop();
      resolve(end);
    };
    const started = start(program, args, { cwd: io.cwd, env });
    if (!(started instanceof ChildProcess)) return settle({ is: 'not-started', code: started.code });
    child = started;
    child.once('error', (error) => settle({ is: 'not-started', code: codeOf(error) }));
    child.once('exit', (status, signal) =>
      settle(signal === null ? { is: 'ended', status: status ?? 0 } : { is: 'killed', signal }),
    );
  });
}

/** Whether a terminal sent the signal to the program as well. */
function hasReceived({ pid }: ChildProcess, signal: NodeJS.Signals): boolean {
  return keyboardSignals.has(signal) && pid !== undefined && isInForeground(pid);
}

function start(
  program: string,
  args: readonly string[],
  options: { cwd: string; env: Readonly<Record<string, string>> },
): ChildProcess | { code: string | null } {
  try {
    return spawn(program, args, { ...options, stdio: 'inherit' });
  } catch (error) {
    return { code: codeOf(error) };
  }
}

/** The exit code that a shell would report: 127 for a program that does not exist, 126 for one that cannot be run. */
export function exitCodeOfChild(end: ChildEnd): number {
  switch (end.is) {
    case 'ended':
      return end.status;
    case 'killed':
      return 128 + constants.signals[end.signal];
    case 'not-started':
      return end.code === 'ENOENT' ? 127 : 126;
  }
}

/**
 * Whether a process is in the foreground of a terminal. The terminal sends the signals of its keys to all processes there, so
 * that this one needs no copy from its parent.
 */
export function isInForeground(pid: number): boolean {
  const groups = groupsOf(pid);
  // Without a terminal its foreground group is -1, or 0 on macOS.
  return groups !== null && groups.foreground > 0 && groups.own === groups.foreground;
}

interface Groups {
  /** The process group of the process. */
  readonly own: number;
  /** The process group in the foreground of its terminal. */
  readonly foreground: number;
}

function groupsOf(pid: number): Groups | null {
  try {
    return groupsInStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return groupsFromPs(pid);
  }
}

/**
 * proc_pid_stat(5): the name in parentheses may contain anything. It is followed by state, ppid, pgrp, session,
 * tty_nr and tpgid.
 */
function groupsInStat(text: string): Groups | null {
  const [, , own, , , foreground] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return numbers(own, foreground);
}

/** Systems without /proc, such as macOS and the BSDs. */
function groupsFromPs(pid: number): Groups | null {
  try {
    const args = ['-o', 'pgid=', '-o', 'tpgid=', '-p', String(pid)];
    const text = execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const [own, foreground] = text.trim().split(/\s+/);
    return numbers(own, foreground);
  } catch {
    return null;
  }
}

function numbers(own: string | undefined, foreground: string | undefined): Groups | null {
  const groups = { own: Number(own), foreground: Number(foreground) };
  return Number.isInteger(groups.own) && Number.isInteger(groups.foreground) ? groups : null;
}
