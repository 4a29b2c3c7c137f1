/** Encodings of a text, each of which is reversible. */
export type Encoding = (text: string) => string;

const percent = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const pairs = (text: string): string[] => hex(text).match(/../g) ?? [];
const units = (text: string): string[] =>
  Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'));

/** Transformations of a text by services, libraries and proxies. */
export const encodings: Readonly<Record<string, Encoding>> = {
  'as it is': (text) => text,
  'all but the last character': (text) => [...text].slice(0, -1).join(''),
  'all but the first character': (text) => [...text].slice(1).join(''),
  'its first half': (text) => [...text].slice(0, Math.max(8, Math.ceil([...text].length / 2))).join(''),
  'upper case': (text) => text.toUpperCase(),
  'lower case': (text) => text.toLowerCase(),
  reversed: (text) => [...text].reverse().join(''),
  'percent, lower case': percent,
  'percent, upper case': (text) => percent(text).toUpperCase(),
  'percent, where needed': encodeURIComponent,
  'percent, in lower case where needed': (text) =>
    encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'percent, twice': (text) => encodeURIComponent(encodeURIComponent(text)),
  'a form': (text) => new URLSearchParams({ k: text }).toString(),
  JSON: (text) => JSON.stringify(text),
  'JSON, twice': (text) => JSON.stringify(JSON.stringify(text)),
  'JSON, escaped': (text) =>
    units(text)
      .map((unit) => `\\u${unit}`)
      .join(''),
  'JSON, escaped in upper case': (text) =>
    units(text)
      .map((unit) => `\\u${unit.toUpperCase()}`)
      .join(''),
  'bytes of Python': (text) =>
    pairs(text)
      .map((pair) => `\\x${pair}`)
      .join(''),
  'HTML, decimal': (text) => Array.from(text, (character) => `&#${character.codePointAt(0) ?? 0};`).join(''),
  'HTML, hex': (text) =>
    Array.from(text, (character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`).join(''),
  'HTML, where needed': (text) =>
    text.replace(/[&<>"']/g, (c) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot' }[c] ?? '#39'};`),
  base64,
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 of Bearer': (text) => base64(`Bearer ${text}`),
  'base64 of user': (text) => base64(`user:${text}`),
  'base64 of two letters before': (text) => base64(`ab${text}`),
  'base64, twice': (text) => base64(base64(text)),
  'base64 of base64 of Bearer': (text) => base64(`x${base64(`Bearer ${text}`)}`),
  'base64 in lines': (text) => base64(text).replace(/.{10}/g, '$&\n'),
  hex,
  'hex, upper case': (text) => hex(text).toUpperCase(),
  'hex with colons': (text) => pairs(text).join(':'),
  'hex with spaces, upper case': (text) => pairs(text).join(' ').toUpperCase(),
  'hex with prefixes': (text) =>
    pairs(text)
      .map((pair) => `0x${pair}`)
      .join(', '),
  'hex of base64': (text) => hex(base64(text)),
  'base64 of hex': (text) => base64(hex(text)),
  'base64 of percent': (text) => base64(percent(text)),
  'a list of numbers': (text) => JSON.stringify([...Buffer.from(text)]),
  'between characters that nothing shows': (text) => [...text].join('\u200b'),
  'between soft hyphens': (text) => [...text].join('\u00ad'),
  'split over words': (text) => (text.match(/.{1,5}/gs) ?? []).join(', '),
  'split over members': (text) =>
    (text.match(/.{1,6}/gs) ?? []).map((part) => JSON.stringify(part)).join(','),
};

/** Letters and digits in lower case: what a person can read through any separators. */
const squeezed = (text: string): string => text.toLowerCase().replace(/[^a-z0-9\u0080-\uffff]|\p{Cf}/gu, '');

/** Undoes one layer of the escapes of a text. */
function unescaped(text: string): string {
  return text
    .replace(/\\u(?:\{([0-9a-f]{1,6})\}|([0-9a-f]{4}))/gi, (_, braced?: string, plain?: string) =>
      String.fromCharCode(Number.parseInt(braced ?? plain ?? '', 16)),
    )
    .replace(/(?:(?:%|\\x)[0-9a-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replace(/%|\\x/g, ''), 'hex').toString('utf8'),
    )
    .replace(/&#x([0-9a-f]{1,6});/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/&#(\d{1,7});/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(
      /&(amp|lt|gt|quot|apos);/g,
      (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"' })[name] ?? "'",
    )
    .replace(/\\(["\\/])/g, '$1');
}

/** All readings of a text that an attacker could try. */
export function readings(text: string, layers = 2): string[] {
  const read = [text, unescaped(text), unescaped(unescaped(text))];
  if (layers === 0) return read;
  const inner = [...new Set(read)].flatMap((one) => {
    const letters = one.replace(/[^\w+/-]/g, '');
    const digits = one.replace(/0x/gi, '').replace(/[^0-9a-z]/gi, '');
    const hexes = digits.match(/[0-9a-f]{16,}/gi) ?? [];
    const numbers = one.match(/\d+(?:[,\s]+\d+){7,}/g) ?? [];
    return [
      ...[0, 1, 2, 3].map((shift) => Buffer.from(letters.slice(shift), 'base64').toString('utf8')),
      ...hexes.flatMap((found) =>
        [0, 1].map((shift) => Buffer.from(found.slice(shift), 'hex').toString('utf8')),
      ),
      ...numbers.map((list) => Buffer.from(list.split(/[,\s]+/).map(Number)).toString('utf8')),
    ];
  });
  // Other texts yield only single letters.
  const readable = inner.filter((one) => /[\t\n\r\x20-\x7e]{8}/.test(one));
  return [...new Set([...read, ...readable.flatMap((one) => readings(one, layers - 1))])];
}

/** Characters in a row that must not be read back. */
const runLength = 8;

/** Bits of the table that is read first, to tell whether a run may be one of the searched ones. */
const tableBits = 20;

/** The runs of eight characters of some secrets, in any case, reversed, and across any separators. */
class Runs {
  readonly #runs = new Set<string>();
  readonly #maybe = new Uint8Array(2 ** tableBits);

  constructor(secrets: Iterable<string>) {
    for (const secret of secrets)
      for (const text of [secret, [...secret].reverse().join('')])
        for (const one of [text.toLowerCase(), squeezed(text)])
          eachRun(one, (hash, at) => {
            this.#maybe[hash] = 1;
            this.#runs.add(one.slice(at, at + runLength));
            return false;
          });
  }

  /** The first of them in a text. */
  find(text: string): string | null {
    let found: string | null = null;
    for (const one of [text.toLowerCase(), squeezed(text)]) {
      eachRun(one, (hash, at) => {
        if (this.#maybe[hash] !== 1) return false;
        const run = one.slice(at, at + runLength);
        if (this.#runs.has(run)) found = run;
        return found !== null;
      });
    }
    return found;
  }
}

const base = 0x01000193;
const baseToRun = Array.from({ length: runLength }).reduce((power: number) => Math.imul(power, base), 1);

/** Calls back with the hash and start of each run, until the callback returns `true`. */
function eachRun(text: string, visit: (hash: number, at: number) => boolean): void {
  let hash = 0;
  for (let end = 0; end < text.length; end += 1) {
    hash = (Math.imul(hash, base) + text.charCodeAt(end) + 1) | 0;
    const at = end + 1 - runLength;
    if (at > 0) hash = (hash - Math.imul(text.charCodeAt(at - 1) + 1, baseToRun)) | 0;
    if (at >= 0 && visit((hash ^ (hash >>> tableBits)) & (2 ** tableBits - 1), at)) return;
  }
}

/** Eight characters of a secret that can be read back from a text, and where. */
export interface ReadBack {
  readonly where: string;
  readonly run: string;
}

/**
 * Eight characters of a secret that can be read back from one of the texts: in any case, reversed, through any of the
 * encodings, and across any separators. `null` if there are none.
 */
export function readBack(
  texts: Readonly<Record<string, string>>,
  secrets: Iterable<string>,
  layers = 2,
): ReadBack | null {
  const runs = new Runs([...secrets].filter((secret) => secret.length >= runLength));
  for (const [where, text] of Object.entries(texts)) {
    for (const reading of readings(text, layers)) {
      const run = runs.find(reading);
      if (run !== null) return { where, run };
    }
  }
  return null;
}

/** Fails where `readBack` finds anything. */
export function expectUnreadable(texts: Readonly<Record<string, string>>, secrets: Iterable<string>): void {
  const found = readBack(texts, secrets);
  if (found !== null) throw new Error(`${found.where}: ${found.run} in\n${texts[found.where]}`);
}
