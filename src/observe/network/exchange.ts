import type { Dispatcher } from 'undici';
import type { HttpResponse } from './network.js';
import type { Stop } from './stop.js';

/** No answer that jwtcheck needs is larger; bytes. */
export const largestBody = 64 * 1024;

/** How far a request got. */
export type Progress = 'connecting' | 'waiting' | 'reading';

/** What came of sending a request once. */
export type Exchanged =
  | { readonly is: 'response'; readonly response: HttpResponse }
  | { readonly is: 'too-large' }
  | { readonly is: 'encoded' }
  | { readonly is: 'failure'; readonly error: unknown; readonly progress: Progress }
  | { readonly is: 'stopped'; readonly progress: Progress };

/** undici's options for one request, with the name for SNI, which its types leave out. */
export type Sending = Dispatcher.DispatchOptions & { readonly servername?: string | undefined };

const stoppedEarly = new Error('stopped');

/**
 * Sends a request once. It ends as soon as it is stopped, also while the connection is still being made,
 * and reads no further once it knows that the body is too large. Where the body does not matter, what was read until
 * then is the answer. Never rejects.
 */
export function exchange(
  dispatcher: Dispatcher,
  sending: Sending,
  stop: Stop,
  bodyMatters = true,
): Promise<Exchanged> {
  return new Promise((resolve) => {
    let progress: Progress = 'connecting';
    let settled = false;
    let controller: Dispatcher.DispatchController | null = null;
    let status = 0;
    let headers: Readonly<Record<string, string>> = {};
    let size = 0;
    const chunks: Buffer[] = [];

    const onStop = (): void => {
      settle({ is: 'stopped', progress });
      controller?.abort(stoppedEarly);
    };
    const settle = (result: Exchanged): void => {
      if (settled) return;
      settled = true;
      stop.forget(onStop);
      resolve(result);
    };
    const refuse = (result: Exchanged, active: Dispatcher.DispatchController): void => {
      settle(result);
      active.abort(stoppedEarly);
    };

    const answer = (): Exchanged => ({
      is: 'response',
      response: { status, headers, body: Buffer.concat(chunks) },
    });

    if (stop.stopped) return onStop();
    stop.listen(onStop);
    dispatcher.dispatch(sending, {
      // Called just before the first byte leaves; never for a request whose connection did not come about.
      onRequestStart(active) {
        controller = active;
        if (settled) active.abort(stoppedEarly);
        progress = 'waiting';
      },
      onResponseStart(active, code, fields) {
        if (code < 200) return;
        progress = 'reading';
        status = code;
        headers = flat(fields);
        if (bodyMatters && !/^(identity)?$/i.test(headers['content-encoding'] ?? ''))
          return refuse({ is: 'encoded' }, active);
        const announced = sending.method === 'HEAD' ? 0 : Number(headers['content-length'] ?? 0);
        if (bodyMatters && announced > largestBody) refuse({ is: 'too-large' }, active);
      },
      onResponseData(active, chunk) {
        if (settled) return;
        size += chunk.length;
        if (size > largestBody) return refuse(bodyMatters ? { is: 'too-large' } : answer(), active);
        chunks.push(chunk);
      },
      onResponseEnd() {
        settle(answer());
      },
      onResponseError(_active, error) {
        settle({ is: 'failure', error, progress });
      },
    });
  });
}

function flat(fields: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return headers;
}
