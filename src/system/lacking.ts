import { codeOf } from './error-code.js';

const descriptors = 'there are too few file descriptors: raise the limit (`ulimit -n`), 256 are enough';
const memory = 'there is too little memory: give the process more';

const byCode: Readonly<Record<string, string>> = {
  EMFILE: descriptors,
  ENFILE: 'the system has no file descriptors left',
  ENOMEM: memory,
  ERR_MEMORY_ALLOCATION_FAILED: memory,
  ERR_WORKER_OUT_OF_MEMORY: memory,
  ERR_MODULE_NOT_FOUND: 'a file of jwtcheck itself is missing: install it again',
};

/** The missing resource on this machine, and the fix; `null` if the error has another cause. */
export function lackOf(error: unknown): string | null {
  const code = codeOf(error);
  return code !== null && Object.hasOwn(byCode, code) ? (byCode[code] ?? null) : null;
}
