import type { HttpRequest, HttpResponse, Outcome } from './network.js';
import type { NetworkOptions } from './open.js';

/** The options that can be sent: no functions. */
export type ThreadOptions = Pick<NetworkOptions, 'env' | 'folder' | 'retries' | 'keepMs'>;

/**
 * Messages to the thread: first one that opens its network, then the checks, and the requests of each until it is
 * aborted.
 */
export type Order =
  | { readonly is: 'open'; readonly options: ThreadOptions }
  | { readonly is: 'check'; readonly check: number; readonly concurrency: number }
  | {
      readonly is: 'request';
      readonly check: number;
      readonly id: number;
      readonly request: HttpRequest;
      /** The display form of the paths of its TLS options. */
      readonly labels: ReadonlyMap<string, string> | null;
    }
  | { readonly is: 'abort'; readonly check: number };

/** A response with a copy of its body: posting a view would send its whole underlying buffer. */
export type SentResponse = Omit<HttpResponse, 'body'> & { readonly body: Uint8Array };

/** The result of a request; `error`: a bug in jwtcheck. */
export type Answered =
  | { readonly id: number; readonly outcome: Outcome<SentResponse> }
  | { readonly id: number; readonly error: unknown };

/**
 * Sends everything that accumulates in one turn of the event loop as one message: a message costs far more than its
 * content.
 */
export function gathering<T>(send: (list: readonly T[]) => void): (one: T) => void {
  let gathered: T[] = [];
  const flush = (): void => {
    const list = gathered;
    gathered = [];
    send(list);
  };
  return (one) => {
    if (gathered.push(one) === 1) setImmediate(flush);
  };
}
