import type { Dispatcher } from 'undici';
import type { ReadError } from '../../model.js';
import type { TlsOptions } from '../../schema/fields.js';

/** One HTTP request; a relative TLS path starts from the configuration's folder. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** The URL as it may be shown in an error: what `World.label` made of the configured text. */
  readonly label: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Milliseconds for all of it: connection, headers and body, tries included. */
  readonly timeoutMs: number;
  /** Whether sending it twice does no harm. Where it does, it is tried again only if it surely never left. */
  readonly repeatable: boolean;
  readonly tls?: TlsOptions | undefined;
  /** A connection of its own, so that a load balancer may choose another replica. */
  readonly fresh?: boolean;
  /**
   * How much of the body is needed; default `all`: one that is over 64 KiB, or compressed, is an error.
   * `beginning`: what is over 64 KiB is cut off.
   * `status`: the status tells all, and the body is read only for what it says: what has not arrived soon after the head
   * is left out, and so is a stream without an end; a compressed one stays so.
   * `head`: the same, and a body that breaks off or may not be there changes nothing: what was sent has arrived.
   */
  readonly reading?: BodyReading;
  /** Ask at this address instead of looking the name up. */
  readonly address?: string | undefined;
}

export type BodyReading = 'all' | 'beginning' | 'status' | 'head';

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Only the beginning of the body was read. */
  readonly isCut?: boolean;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ReadError };

/** The only way out of the program over HTTP and WebSocket, for as long as one check goes on. */
export interface Network {
  /** Never throws for what the network does: failures are data. Redirects are answers like any other. */
  request(request: HttpRequest): Promise<Outcome<HttpResponse>>;
  /**
   * A dispatcher for undici's WebSocket, with the proxy and TLS of this URL; every WebSocket gets a connection
   * of its own. Rejects with a `NetworkError` where the proxy or the TLS options cannot be used.
   */
  dispatcher(options: { url: string; tls?: TlsOptions | undefined; fresh?: boolean }): Promise<Dispatcher>;
  /** Every address of a name (`addresses: "all"`), within so many milliseconds. */
  addresses(hostname: string, timeoutMs?: number): Promise<Outcome<readonly string[]>>;
  /** What it is a part of, for what is kept from check to check. */
  readonly lasting: PersistentNetwork;
}

/** Connections that are kept from check to check. */
export interface PersistentNetwork {
  /**
   * The network of one check: its requests end with the signal. At most `concurrency` of them are under way at once
   * (default: any number); the time of one begins once it is. Files of TLS options that changed are read anew.
   */
  forCheck(signal: AbortSignal, concurrency?: number): Network;
  /** Aborted once it is closed. */
  readonly closed: AbortSignal;
  /** Ends every request and every connection at once. */
  close(): Promise<void>;
}
