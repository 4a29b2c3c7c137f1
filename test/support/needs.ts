import type { TestContext } from 'vitest';

/** Skips a test that cannot run here, with the reason: a skipped test without a reason fails the run. */
export const needs = {
  /** Root ignores file permissions. */
  ordinaryUser: ({ skip }: TestContext): void =>
    skip(process.getuid?.() === 0, 'root may do what is denied here; scripts/hermetic-tests is not root'),
  /** Only root can give a file to another user. */
  root: ({ skip }: TestContext): void =>
    skip(process.getuid?.() !== 0, 'only root can give a file to another user; npm test as root runs it'),
  posix: ({ skip }: TestContext): void => skip(process.platform === 'win32', 'Windows has no process groups'),
  linux: ({ skip }: TestContext): void =>
    skip(process.platform !== 'linux', '/proc and /dev/full are those of Linux'),
} as const;
