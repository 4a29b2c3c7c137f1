import { describe, expect, it } from 'vitest';
import { guardEnvironment } from '../../src/system/environment.js';

const guarded = (env: Record<string, string>, execArgv: string[] = []) => ({
  env,
  notes: guardEnvironment({ env, execArgv, report: process.report }),
});

describe('variables with which secrets would be printed or sent to anyone', () => {
  it.each(['NODE_DEBUG', 'NODE_DEBUG_NATIVE'])(
    'end the program where Node has read them already: %s',
    (name) => {
      expect(() => guarded({ [name]: 'http,undici' })).toThrow(
        `${name} is set: Node would print tokens and secrets`,
      );
      expect(guarded({ [name]: '' }).notes).toEqual([]);
    },
  );

  it.each(['DEBUG', 'GOOGLE_SDK_NODE_LOGGING', 'GRPC_TRACE', 'GRPC_VERBOSITY', 'GRPC_NODE_TRACE'])(
    'are without effect: %s',
    (name) => {
      expect(guarded({ [name]: '*', PATH: '/bin' })).toEqual({ env: { PATH: '/bin' }, notes: [] });
    },
  );

  it('never turn the verification of certificates off', () => {
    const { env, notes } = guarded({ NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(env).toEqual({});
    expect(notes).toEqual([expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: /)]);
    expect(guarded({ NODE_TLS_REJECT_UNAUTHORIZED: '1' })).toEqual({ env: {}, notes: [] });
  });

  it.each([
    '--inspect',
    '--inspect=0.0.0.0:9229',
    '"--inspect-brk"',
    '--heapsnapshot-signal=SIGUSR2',
    '--heapsnapshot_near_heap_limit=2',
    '--tls-keylog=/tmp/keys',
    '--trace-tls',
    '--trace',
    '--trace-event-categories=node.http',
  ])('end the program where Node shows what it holds: %s', (flag) => {
    const name = (flag.replaceAll('"', '').split('=')[0] ?? '').replaceAll('_', '-');
    const message = `${name} is set in NODE_OPTIONS: Node would show or write secrets`;
    expect(() => guarded({ NODE_OPTIONS: `--no-warnings ${flag}` })).toThrow(message);
    expect(() => guarded({}, ['--no-warnings', flag])).toThrow(`${name} is set: Node`);
  });

  it.each([
    '--max-old-space-size=512',
    '--use-openssl-ca',
    '--use-system-ca',
    '--trace-warnings',
    '--enable-source-maps',
    '--cpu-prof',
    '--import=./telemetry.js',
    '--inspect-port=0',
    '--dns-result-order=ipv4first',
  ])('leave alone what has nothing to do with it: %s', (flag) => {
    const env = {
      NODE_OPTIONS: flag,
      NODE_EXTRA_CA_CERTS: 'ca.pem',
      NODE_V8_COVERAGE: 'coverage',
      SSLKEYLOGFILE: 'keys',
    };
    expect(guarded(env, [flag])).toEqual({ env: { ...env }, notes: [] });
  });
});
