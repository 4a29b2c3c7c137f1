import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Algorithm } from '../../../src/model.js';

/** What a service is started with: the settings that its owner would write. */
export interface VerifierSettings {
  readonly key: string;
  readonly algorithm: Algorithm;
  readonly issuer: string;
  readonly audience: string;
}

/** A running service of a framework. */
export interface RunningVerifier {
  /** Such as `127.0.0.1:1234`. */
  readonly host: string;
  close(): Promise<void>;
}

export type StartVerifier = (settings: VerifierSettings) => Promise<RunningVerifier>;

/** Listens on a free port of 127.0.0.1. */
export async function listening(server: Server, end: () => unknown = () => {}): Promise<RunningVerifier> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    host: `127.0.0.1:${portOf(address)}`,
    async close() {
      await end();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}
