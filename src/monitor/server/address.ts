import { UsageError } from '../../errors.js';
import { isLoopback } from '../../schema/url.js';

/** The listening address of a server. */
export interface ListenAddress {
  /** Without brackets; empty: every address of this machine. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  readonly loopback: boolean;
}

/** Reads `127.0.0.1:9464`, `[::1]:9464` or `:9464`. @throws UsageError */
export function listenAddress(text: string): ListenAddress {
  const [, bracketed, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535)
    throw new UsageError('--listen takes ADDRESS:PORT such as 127.0.0.1:9464, or none');
  const host = bracketed ?? name ?? '';
  return { host, port, loopback: isLoopback(host) };
}

/** The URL for a browser: a wildcard address is reached on loopback. */
export function urlOf({ host }: ListenAddress, port: number): string {
  const name = host === '' || host === '0.0.0.0' ? '127.0.0.1' : /^[0:]+$/.test(host) ? '::1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
