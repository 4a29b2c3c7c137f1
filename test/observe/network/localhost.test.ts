import { describe, expect, it } from 'vitest';
import { lookUp, lookUpHere } from '../../../src/observe/network/addresses.js';
import { startServer } from '../../support/http-server.js';
import { closeAfterEach, get, hello, network, opened } from './client.js';

closeAfterEach();

const looked = (name: string, options: { all?: boolean; family?: number }) =>
  new Promise((resolve) => {
    lookUpHere(name, options, (error, address, family) => resolve({ error, address, family }));
  });

describe('names of this machine', () => {
  it.each(['localhost', 'auth.localhost', 'LOCALHOST', 'a.b.localhost'])(
    'are its own addresses: %s',
    async (name) => {
      expect(await looked(name, { all: true })).toEqual({
        error: null,
        address: [
          { address: '127.0.0.1', family: 4 },
          { address: '::1', family: 6 },
        ],
        family: undefined,
      });
      expect(await looked(name, {})).toEqual({ error: null, address: '127.0.0.1', family: 4 });
      expect(await looked(name, { family: 6 })).toEqual({ error: null, address: '::1', family: 6 });
      expect(await lookUp(name, 1000, AbortSignal.timeout(5000))).toEqual({ ok: true, value: ['127.0.0.1'] });
    },
  );

  it('are reached though no resolver knows them', async () => {
    const server = await opened(startServer(hello));
    const url = `http://nobody-named-this-${server.port}.localhost:${server.port}/`;
    const answer = await network().request(get(url));
    expect(answer).toMatchObject({ ok: true, value: { status: 200 } });
  });
});
