import { UsageError } from '../errors.js';

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

const unverified = 'NODE_TLS_REJECT_UNAUTHORIZED';

/**
 * Takes the effect from variables with which secrets would be printed, or sent to anyone.
 * @returns what was ignored, in words for people
 * @throws UsageError where the effect cannot be taken from one any more
 */
export function guardEnvironment(self: Pick<NodeJS.Process, 'env' | 'report'>): string[] {
  const { env } = self;
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
