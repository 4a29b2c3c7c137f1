import { describeError, quietly } from './error-log.js';
import { KeyError } from './key.js';
import { checkReading, distinctKeys, mostKeys, type ReadKeys } from './key-reading.js';
import { type KeyRingOptions, type KeyRingParts, keyRingParts } from './key-ring-options.js';
import { type Timing, timing } from './timing.js';

/** The keys of a service: to sign and to verify tokens, and for its fingerprint endpoint. */
export interface KeyRing {
  /** The key to sign with. @throws KeyError as long as no reading has succeeded */
  readonly sign: Uint8Array<ArrayBuffer>;
  /**
   * Every key to verify with, the signing key first. The list of one reading, which never changes.
   * @throws KeyError as long as no reading has succeeded
   */
  readonly accepts: readonly Uint8Array<ArrayBuffer>[];
  /** The version of the signing key, if the loader states it. */
  readonly version: string | undefined;
  /** The time of the latest reading that succeeded. */
  readonly loadedAt: Date | undefined;
  /** Resolves once there are keys. Rejects if the first reading fails; it is repeated all the same. */
  ready(): Promise<void>;
  /**
   * Reads at once, for example on a signal, or in a request if the latest reading is too old because the instance had no
   * processor time. Rejects if that reading fails; the keys stay.
   */
  refresh(): Promise<void>;
  /** Ends the readings. The keys stay. */
  close(): void;
}

/**
 * Reads keys now and again on an interval, one reading at a time. All keys of a reading take effect together. If a
 * reading fails, the keys of the last one stay in force.
 * @throws TypeError for invalid options; the text contains no secret
 */
export function keyRing(options: KeyRingOptions): KeyRing {
  return openKeyRing(options, timing);
}

/** `keyRing` with the given clock and timers. */
export function openKeyRing(options: KeyRingOptions, clock: Timing): KeyRing {
  return new ReadingKeyRing(keyRingParts(options, clock));
}

/** A key that was replaced, and until when it stays accepted. */
interface Drained {
  readonly key: Uint8Array<ArrayBuffer>;
  readonly until: number;
}

/** What is in force at a time. */
interface InForce extends ReadKeys {
  readonly accepts: readonly Uint8Array<ArrayBuffer>[];
  readonly loadedAt: Date;
  readonly drained: readonly Drained[];
}

class ReadingKeyRing implements KeyRing {
  readonly #parts: KeyRingParts;
  // Private members are neither printed nor serialized.
  #inForce: InForce | null = null;
  #failure = 'they are still being read';
  /** Resolves to whether the keys were read. */
  #reading: Promise<boolean>;
  /** The reading that begins once the one under way has ended; shared by all who ask for it meanwhile. */
  #queued: Promise<boolean> | null = null;
  #endTimer: () => void = () => {};
  readonly #closing = new AbortController();

  constructor(parts: KeyRingParts) {
    this.#parts = parts;
    this.#reading = this.#read();
  }

  get sign(): Uint8Array<ArrayBuffer> {
    return this.#keys().keys[0];
  }

  get accepts(): readonly Uint8Array<ArrayBuffer>[] {
    return this.#keys().accepts;
  }

  get version(): string | undefined {
    return this.#inForce?.version;
  }

  get loadedAt(): Date | undefined {
    return this.#inForce?.loadedAt;
  }

  async ready(): Promise<void> {
    await this.#reading;
    this.#keys();
  }

  async refresh(): Promise<void> {
    // One that is under way may have begun before what is to be read was written.
    this.#queued ??= this.#reading.then(() => {
      this.#queued = null;
      if (this.#closing.signal.aborted) return false;
      this.#endTimer();
      this.#reading = this.#read();
      return this.#reading;
    });
    const isRead = await this.#queued;
    if (!isRead) throw new KeyError(`the keys have not been read again: ${this.#failure}`);
  }

  close(): void {
    this.#failure = 'the key ring is closed';
    this.#closing.abort();
    this.#endTimer();
  }

  #keys(): InForce {
    if (this.#inForce === null) throw new KeyError(`no keys have been read yet: ${this.#failure}`);
    const now = this.#parts.clock.now();
    if (this.#inForce.drained.some(({ until }) => until <= now)) {
      const { keys, drained } = this.#inForce;
      this.#inForce = { ...this.#inForce, ...accepted(keys, drained, now) };
    }
    return this.#inForce;
  }

  /** One reading, and the timer of the next one. Never rejects. */
  async #read(): Promise<boolean> {
    const { load, onError, refresh, timeout, clock } = this.#parts;
    const over = new AbortController();
    const close = (): void => over.abort();
    this.#closing.signal.addEventListener('abort', close, { once: true });
    let endLimit = (): void => {};
    let isRead = false;
    try {
      const limit = new Promise<never>((_, reject) => {
        endLimit = clock.after(timeout, () =>
          reject(new KeyError(`\`load\` did not end within ${timeout} ms`)),
        );
      });
      // Called later, so that an exception is a failed reading, too.
      const loaded = Promise.resolve().then(() => load(over.signal));
      this.#take(checkReading(await Promise.race([loaded, limit])));
      isRead = true;
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#failure = describeError(error);
        quietly(() => onError(error));
      }
    } finally {
      endLimit();
      over.abort();
      this.#closing.signal.removeEventListener('abort', close);
    }
    if (this.#closing.signal.aborted) return isRead;
    this.#endTimer = clock.after(refresh * (0.9 + 0.2 * clock.random()), () => {
      this.#reading = this.#read();
    });
    return isRead;
  }

  #take(read: ReadKeys): void {
    if (this.#closing.signal.aborted && this.#inForce !== null) return;
    const { drain, clock } = this.#parts;
    if (!read.hasRoles && drain === null)
      throw new KeyError(
        '`load` returned no `accept`: set `drain`, the time for which an earlier key stays accepted after it was replaced ("0s" for none)',
      );
    const now = clock.now();
    const before = this.#inForce;
    const replaced = before === null ? [] : [{ key: before.keys[0], until: now + (drain ?? 0) }];
    this.#inForce = {
      ...read,
      loadedAt: clock.date(),
      ...accepted(read.keys, [...replaced, ...(before?.drained ?? [])], now),
    };
  }
}

/** The keys of a reading, then those that were replaced and are still accepted. */
function accepted(
  keys: ReadKeys['keys'],
  replaced: readonly Drained[],
  now: number,
): Pick<InForce, 'accepts' | 'drained'> {
  const [sign] = keys;
  const left = replaced.filter(({ until }) => until > now);
  // A key that signs is not replaced. Of several entries of a key, the first is the latest.
  const latest = distinctKeys([sign, ...left.map(({ key }) => key)]).slice(1);
  const drained = left.filter(({ key }) => latest.includes(key));
  const accepts = distinctKeys([...keys, ...drained.map(({ key }) => key)]).slice(0, mostKeys);
  return { accepts: Object.freeze(accepts), drained };
}
