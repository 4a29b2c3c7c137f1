import { afterEach } from 'vitest';
import type { HttpRequest, Network, PersistentNetwork } from '../../../src/observe/network/network.js';
import { type NetworkOptions, openNetwork } from '../../../src/observe/network/open.js';
import { certificateFolder } from '../../support/certificates.js';
import type { Answer } from '../../support/http-server.js';

const toClose: { close(): Promise<void> }[] = [];

/** Closes after each test of a file whatever `opened` and `network` opened in it. */
export function closeAfterEach(): void {
  afterEach(async () => {
    await Promise.all(toClose.splice(0).map((one) => one.close()));
  });
}

/** What was started, and closed again after the test. */
export async function opened<T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  toClose.push(one);
  return one;
}

type Open = (options: NetworkOptions) => PersistentNetwork;
let open: Open = openNetwork;

/** Every network of this file is opened so from now on: what holds for one of them holds for all. */
export function openBy(another: Open): void {
  open = another;
}

/** A network without jitter, closed after the test. */
export function network(options: Partial<NetworkOptions> & Partial<Check> = {}): Network {
  const { signal = new AbortController().signal, concurrency, ...more } = options;
  const one = open({ env: {}, folder: certificateFolder, random: () => 0, ...more });
  toClose.push(one);
  return one.forCheck(signal, concurrency);
}

interface Check {
  readonly signal: AbortSignal;
  readonly concurrency: number;
}

/** A GET request, unless more is said. */
export function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, label: url, headers: {}, timeoutMs: 100_000, repeatable: true, ...more };
}

export const hello: Answer = (_request, response) => void response.end('hello');
export const never: Answer = () => {};
