import type { Dispatcher } from 'undici';
import type { ReadError } from '../../model.js';
import type { TlsOptions } from '../../schema/fields.js';

/** One HTTP request; a relative TLS path starts from the configuration's folder. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** The display form of the URL in errors: the result of `World.label` for the configured text. */
  readonly label: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** The total time in milliseconds: connection, headers and body, retries included. */
  readonly timeoutMs: number;
  /** Whether sending the request twice is safe. If not, it is retried only if it certainly never left. */
  readonly repeatable: boolean;
  readonly tls?: TlsOptions | undefined;
  /** Uses a new connection, so that a load balancer can choose another replica. */
  readonly fresh?: boolean;
  /**
   * The part of the body that is needed; default `all`: a body over 64 KiB, or a compressed one, is an error.
   * `beginning`: the body is cut at 64 KiB.
   * `status`: the status decides, and the body only explains it. What has not arrived soon after the head is omitted,
   * as is an endless stream; a compressed body stays compressed.
   * `head`: as `status`, and a body that breaks off or is missing changes nothing: the request has arrived.
   */
  readonly reading?: BodyReading;
  /** Connects to this address instead of resolving the name. */
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

/** The only HTTP and WebSocket access of the program, for the duration of one check. */
export interface Network {
  /** Never throws on network failures: they are returned as data. Redirects are ordinary answers. */
  request(request: HttpRequest): Promise<Outcome<HttpResponse>>;
  /**
   * A dispatcher for undici's WebSocket, with the proxy and TLS of this URL; every WebSocket gets its own connection.
   * Rejects with a `NetworkError` if the proxy or the TLS options are unusable.
   */
  dispatcher(options: { url: string; tls?: TlsOptions | undefined; fresh?: boolean }): Promise<Dispatcher>;
  /** Resolves all addresses of a name (`addresses: "all"`), within the given milliseconds. */
  addresses(hostname: string, timeoutMs?: number): Promise<Outcome<readonly string[]>>;
  /** The persistent network that it belongs to, for resources that are kept between checks. */
  readonly persistent: PersistentNetwork;
}

/** Connections that are kept from check to check. */
export interface PersistentNetwork {
  /**
   * The network of one check: its requests end with the signal. At most `concurrency` of them are in progress at once
   * (default: any number); the time of a request begins with its start. Changed files of TLS options are read again.
   */
  forCheck(signal: AbortSignal, concurrency?: number): Network;
  /** Aborted once it is closed. */
  readonly closed: AbortSignal;
  /** Ends every request and every connection at once. */
  close(): Promise<void>;
}

const utf8 = new TextDecoder();

/** Decodes bytes from outside as UTF-8, without a byte order mark, and with U+FFFD for invalid bytes. */
export const textOf = (bytes: Uint8Array | ArrayBuffer): string => utf8.decode(bytes);
