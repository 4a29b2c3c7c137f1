import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

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
