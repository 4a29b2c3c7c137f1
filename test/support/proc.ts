import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

/** Whether a process has a handler for a signal. */
export function catches(pid: number, signal: NodeJS.Signals): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, mask = '0'] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status) ?? [];
  return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}

/** Whether a process has a file open. */
export function hasOpen(pid: number, path: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).some((name) => {
    try {
      return readlinkSync(join(folder, name)) === path;
    } catch {
      return false; // Closed since.
    }
  });
}

/** Whether a process waits for input on its standard input. */
export function readsStdin(pid: number): boolean {
  const folder = `/proc/${pid}/fdinfo`;
  return readdirSync(folder).some((name) => {
    try {
      // The state of a process that waits in epoll.
      return /^tfd:\s+0\s/m.test(readFileSync(join(folder, name), 'utf8'));
    } catch {
      return false;
    }
  });
}
