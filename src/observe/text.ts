const utf8 = new TextDecoder();

/** Bytes that came from somewhere, as text: UTF-8 without its byte order mark, and with U+FFFD for what is none. */
export const textOf = (bytes: Uint8Array | ArrayBuffer): string => utf8.decode(bytes);
