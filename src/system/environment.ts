import { UsageError } from '../errors.js';
import { codeOf } from './error-code.js';

/** The value of a variable. A name that every object has, such as `constructor`, is not set by that. */
export const variableIn = (
  env: Readonly<Record<string, string | undefined>>,
  name: string,
): string | undefined => (Object.hasOwn(env, name) ? env[name] : undefined);

/** With these, Node itself writes what it sends, reads and starts to standard error: tokens and the environment among it. */
const printedByNode = ['NODE_DEBUG', 'NODE_DEBUG_NATIVE'] as const;

/** With these, libraries would. They read them when they are loaded, which is later. */
const printedByLibraries = [
  'DEBUG',
  'GOOGLE_SDK_NODE_LOGGING',
  'GRPC_NODE_TRACE',
  'GRPC_NODE_VERBOSITY',
  'GRPC_TRACE',
  'GRPC_VERBOSITY',
] as const;

/**
 * Flags that make Node show memory or traffic, or write them to files: the inspector, heap snapshots, keys of TLS
 * connections, and traces with URLs. Reports are turned off below. Flags that print only stacks, function names or
 * times, such as --trace-warnings, --cpu-prof and coverage, are harmless.
 */
const showing: ReadonlySet<string> = new Set([
  '--inspect',
  '--inspect-brk',
  '--inspect-brk-node',
  '--inspect-wait',
  '--heapsnapshot-near-heap-limit',
  '--heapsnapshot-signal',
  '--tls-keylog',
  // V8 prints every call with its arguments.
  '--trace',
  '--trace-event-categories',
  '--trace-events-enabled',
  '--trace-tls',
]);

const unverified = 'NODE_TLS_REJECT_UNAUTHORIZED';

/**
 * Disables variables that would print secrets or send them elsewhere.
 * @returns the ignored variables, described for people
 * @throws UsageError if a variable can no longer be disabled
 */
export function guardEnvironment(self: Pick<NodeJS.Process, 'env' | 'execArgv' | 'report'>): string[] {
  const { env } = self;
  refuseShowing(self);
  const printing = printedByNode.filter((name) => (env[name] ?? '') !== '');
  if (printing.length > 0) {
    throw new UsageError(
      `${printing.join(' and ')} ${printing.length === 1 ? 'is' : 'are'} set: Node would print tokens and secrets`,
      `Run it with \`env ${printing.map((name) => `-u ${name}`).join(' ')} jwtcheck …\`.`,
    );
  }
  for (const name of printedByLibraries) delete env[name];
  // A report of Node holds the whole environment.
  for (const trigger of ['reportOnFatalError', 'reportOnSignal', 'reportOnUncaughtException'] as const) {
    if (self.report?.[trigger] === true) self.report[trigger] = false;
  }
  if (env[unverified] === undefined) return [];
  const isIgnored = env[unverified] === '0';
  delete env[unverified];
  return isIgnored
    ? [
        `${unverified}=0 is ignored: certificates are verified; to trust one, set \`tls.ca\` or NODE_EXTRA_CA_CERTS`,
      ]
    : [];
}

/** @throws UsageError where Node was started with a flag that shows what it holds */
function refuseShowing({ env, execArgv }: Pick<NodeJS.Process, 'env' | 'execArgv'>): void {
  const refuse = (flags: readonly string[], where: string, hint: string): void => {
    // Follows Node: without quotes, and with underscores as hyphens.
    const names = flags.map((flag) => (flag.replaceAll('"', '').split('=')[0] ?? '').replaceAll('_', '-'));
    const found = [...new Set(names.filter((name) => showing.has(name)))];
    if (found.length === 0) return;
    const verb = found.length === 1 ? 'is' : 'are';
    throw new UsageError(
      `${found.join(' and ')} ${verb} set${where}: Node would show or write secrets`,
      hint,
    );
  };
  refuse(
    (env.NODE_OPTIONS ?? '').split(/\s+/),
    ' in NODE_OPTIONS',
    'Take it out of NODE_OPTIONS, or run `env -u NODE_OPTIONS jwtcheck …`.',
  );
  refuse(execArgv, '', 'Start Node without it.');
}

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
