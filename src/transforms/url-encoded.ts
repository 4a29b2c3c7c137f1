import type { Transform } from './transform.js';

/** The characters that each encoder changes: RFC 3986 §2.3, browsers, and the libraries of each language. */
const encoders: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/[^A-Za-z0-9\-._~!'()*]/g, 'percent-encoded as by encodeURIComponent'],
  // The userinfo of a URL (WHATWG): "%" stays as it is.
  [/[\0-\x20"#<>?`{}/:;=@[\\\]^|\x7f-\xff]/g, 'percent-encoded as the password of a URL'],
  [/[^A-Za-z0-9\-._~/]/g, 'percent-encoded, but for "/"'],
  [/[^A-Za-z0-9\-._~!'()*;,/?:@&=+$#]/g, 'percent-encoded as by encodeURI'],
  [/[^A-Za-z0-9\-._~$&+,;=]/g, 'percent-encoded as Go encodes the password of a URL'],
  [/[^A-Za-z0-9\-._~$&+:=@]/g, 'percent-encoded as Go encodes a part of a path'],
  [/[^A-Za-z0-9\-._]/g, 'percent-encoded as by urlencode of PHP'],
  [/[^A-Za-z0-9\-._*]/g, 'percent-encoded as by URLEncoder of Java'],
  [/%/g, 'with "%25" for every "%"'],
];

/** Percent-encoding on one side, as of a password within a URL. */
export const urlEncoded: Transform = {
  code: 'url-encoded',
  words: {
    title: 'The secret is percent-encoded on one side',
    explanation:
      'The value passed through a URL or a form: characters such as + / = became %2B %2F %3D, or a + became a space. ' +
      'It was never decoded, or it was decoded although it had not been encoded.',
    example: 'The secret was posted to a settings page as a form; "a+b" was stored as "a b".',
    proof: "One side's fingerprint matches the other side's secret percent-encoded or -decoded.",
    incidents: ['cloudflare-worker-jwt#72'],
    remedy:
      'Pass secrets on as bytes, not in URLs; or use only letters and digits, which no encoding changes.',
    phrase: 'changed by percent-encoding',
    look: 'Where the value is read or set, look for an encoder or a decoder of URLs or forms.',
  },
  *apply({ latin1 }, all) {
    const isPlain = !/[^A-Za-z0-9\-._]/.test(latin1);
    if (isPlain) return;
    const strict = latin1.replace(/[^A-Za-z0-9\-._~]/g, percent);
    yield { to: strict, text: 'percent-encoded' };
    // Of JavaScript and of browsers: what most programs use.
    for (const [pattern, text] of encoders.slice(0, 2)) yield { to: latin1.replace(pattern, percent), text };
    // A form parser converts them to spaces, although nothing had been encoded.
    yield { to: latin1.replaceAll('+', ' '), text: 'with a space for every "+"' };
    if (latin1.includes('%')) {
      yield { to: decode(latin1), text: 'percent-decoded' };
      yield { to: decode(latin1.replaceAll('+', ' ')), text: 'percent-decoded, with a space for every "+"' };
    }
    if (!all) return;
    for (const [pattern, text] of encoders) {
      const encoded = latin1.replace(pattern, percent);
      yield { to: encoded, text };
      if (!encoded.includes('%')) continue;
      yield { to: lower(encoded), text: `${text}, in lower case` };
      if (encoded.includes('%20'))
        yield { to: encoded.replaceAll('%20', '+'), text: `${text}, with "+" for a space` };
    }
    yield { to: lower(strict), text: 'percent-encoded in lower case' };
    yield { to: strict.replaceAll('%20', '+'), text: 'percent-encoded as in a form' };
    yield { to: strict.replaceAll('%', '%25'), text: 'percent-encoded twice' };
    yield { to: latin1.replaceAll(' ', '+'), text: 'with a "+" for every space' };
    yield { to: latin1.replaceAll(' ', '%20'), text: 'with "%20" for every space' };
  },
  *undo({ latin1 }, all) {
    if (!/%[0-9A-Fa-f]{2}/.test(latin1)) return;
    const once = decode(latin1);
    yield { to: once, text: 'percent-decoded' };
    yield { to: decode(latin1.replaceAll('+', ' ')), text: 'percent-decoded, with a space for every "+"' };
    if (all) yield { to: decode(once), text: 'percent-decoded twice' };
  },
};

const percent = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

const lower = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (found) => found.toLowerCase());

const decode = (text: string): string =>
  text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
