const utf8 = new TextDecoder();

/** Decodes bytes from outside as UTF-8, without a byte order mark, and with U+FFFD for invalid bytes. */
export const textOf = (bytes: Uint8Array | ArrayBuffer): string => utf8.decode(bytes);
