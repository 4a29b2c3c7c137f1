import { describe, expect, it } from 'vitest';
import { guardEnvironment } from '../../src/system/environment.js';

const guarded = (env: Record<string, string>) => ({
  env,
  notes: guardEnvironment({ env, report: process.report }),
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
});
