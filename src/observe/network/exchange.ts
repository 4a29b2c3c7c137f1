import type { Dispatcher } from 'undici';
import type { BodyReading, HttpResponse } from './network.js';

/** No answer that jwtcheck needs is larger; bytes. */
export const largestBody = 64 * 1024;

/** The wait for a body when the status has already decided the result; milliseconds after the head. */
const bodyGrace = 500;

/** Content types of bodies that may never end, or that contain no text. */
const endless =
  /^\s*(?:text\/event-stream|multipart\/x-mixed-replace|application\/(?:grpc|octet-stream|zip)|video\/|audio\/|image\/)/i;

/** The progress of a request. */
export type Progress = 'connecting' | 'waiting' | 'reading';

/** The result of sending a request once. */
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
 * Sends a request once. It ends as soon as it is aborted, even while connecting, and stops reading once the body is too
 * large. If only a part of the body is needed, the part read until then is the answer. Never rejects.
 */
export function exchange(
  dispatcher: Dispatcher,
  sending: Sending,
  stop: Stop,
  reading: BodyReading = 'all',
): Promise<Exchanged> {
  return new Promise((resolve) => {
    const statusTells = reading === 'status' || reading === 'head';
    let progress: Progress = 'connecting';
    let settled = false;
    let controller: Dispatcher.DispatchController | null = null;
    let status = 0;
    let headers: Readonly<Record<string, string>> = {};
    let size = 0;
    const chunks: Buffer[] = [];

    let grace: NodeJS.Timeout | undefined;

    const onStop = (): void => {
      settle(statusTells && progress === 'reading' ? answer(true) : { is: 'stopped', progress });
      controller?.abort(stoppedEarly);
    };
    const settle = (result: Exchanged): void => {
      if (settled) return;
      settled = true;
      clearTimeout(grace);
      stop.forget(onStop);
      resolve(result);
    };
    const refuse = (result: Exchanged, active: Dispatcher.DispatchController): void => {
      settle(result);
      active.abort(stoppedEarly);
    };

    const answer = (isCut: boolean): Exchanged => ({
      is: 'response',
      response: { status, headers, body: Buffer.concat(chunks), ...(isCut ? { isCut } : {}) },
    });

    if (stop.stopped) return onStop();
    stop.listen(onStop);
    dispatcher.dispatch(sending, {
      // Called just before the first byte leaves; never for a request without a connection.
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
        const isPlain = /^(identity)?$/i.test(headers['content-encoding'] ?? '');
        if (statusTells) {
          const isUnread = !isPlain || (code < 400 && endless.test(headers['content-type'] ?? ''));
          if (isUnread && sending.method !== 'HEAD') return refuse(answer(true), active);
          grace = setTimeout(() => refuse(answer(true), active), bodyGrace);
          return;
        }
        if (!isPlain) return refuse({ is: 'encoded' }, active);
        const announced = sending.method === 'HEAD' ? 0 : Number(headers['content-length'] ?? 0);
        if (reading === 'all' && announced > largestBody) refuse({ is: 'too-large' }, active);
      },
      onResponseData(active, chunk) {
        if (settled) return;
        const room = largestBody - size;
        size += chunk.length;
        if (chunk.length > room) {
          if (reading === 'all') return refuse({ is: 'too-large' }, active);
          chunks.push(chunk.subarray(0, room));
          return refuse(answer(true), active);
        }
        chunks.push(chunk);
      },
      onResponseEnd() {
        settle(answer(false));
      },
      onResponseError(_active, error) {
        const isAnswer = reading === 'head' && progress === 'reading';
        settle(isAnswer ? answer(true) : { is: 'failure', error, progress });
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

/** Ends one request early. Lighter than an AbortController, of which a large check would need thousands. */
export class Stop {
  readonly #listeners = new Set<() => void>();
  #stopped = false;

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Calls every listener once. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  forget(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Waits for the given milliseconds. @returns whether the time passed without an abort */
  pause(milliseconds: number): Promise<boolean> {
    if (this.#stopped) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.forget(end);
        resolve(!this.#stopped);
      };
      const timer = setTimeout(end, milliseconds);
      this.listen(end);
    });
  }
}
