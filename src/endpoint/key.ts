/** An HMAC key as the service uses it. A string stands for its UTF-8 bytes; nothing is trimmed or decoded. */
export type Key = string | Uint8Array;

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;
