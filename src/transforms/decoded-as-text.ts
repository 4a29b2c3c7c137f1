import { strictly } from './base64.js';
import { isAscii, nothing, type Transform, utf8, type Variant } from './transform.js';

/** Bytes were made a text: a program decoded or read the secret into a string, and uses that as the key. */
export const decodedAsText: Transform = {
  code: 'decoded-as-text',
  words: {
    title: 'The decoded bytes were converted to text',
    explanation:
      'One side decodes the secret into a string (Buffer.toString(), atob, new String(bytes)) and uses that string as ' +
      'the key. Bytes that are not UTF-8 became U+FFFD, or every byte above 0x7F became two. The key is not the ' +
      'intended bytes, and much of it may be lost.',
    example:
      'Buffer.from(secret, "base64").toString() in Node, or new String(Base64.decode(secret)) in Java.',
    proof:
      "One side's fingerprint matches the other side's secret, decoded from base64 or hex or as it is, and then read as text.",
    incidents: ['jjwt#315'],
    remedy:
      'Use the decoded bytes as the key, never a string made from them; or agree to use the text unchanged.',
    phrase: 'turned into text',
    look: 'Look for .toString(), atob, new String(…) or decode("utf-8") after the secret is decoded: pass the bytes on.',
  },
  *apply({ bytes, latin1, isLong }, all) {
    if (isLong) return;
    const sources: [bytes: Buffer, how: string][] = [];
    const decoded = strictly(latin1);
    if (decoded !== null && decoded.length > 2) sources.push([decoded, 'decoded from base64 and ']);
    const digits = latin1.replace(/^0x|[:\s-]/gi, '');
    if (digits.length > 7 && digits.length % 2 === 0 && /^[0-9a-f]+$/i.test(digits))
      sources.push([Buffer.from(digits, 'hex'), 'decoded from hex and ']);
    sources.push([bytes, '']);
    const binary = sources.filter(([source]) => !isAscii(source.toString('latin1')));
    for (const [source, how] of binary) yield* asText(source, how);
    if (all) for (const [source, how] of binary) yield* asOtherText(source, how);
  },
  undo: nothing,
};

function* asText(bytes: Buffer, how: string): Iterable<Variant> {
  const lossy = bytes.toString('utf8');
  yield { to: utf8(lossy), text: `${how}used as text, with U+FFFD for what is not UTF-8` };
  yield { to: utf8(bytes.toString('latin1')), text: `${how}used as text, each byte over 0x7F as two` };
  yield { to: bytes.toString('ascii'), text: `${how}used as ASCII text, with seven bits of every byte` };
}

function* asOtherText(bytes: Buffer, how: string): Iterable<Variant> {
  const lossy = bytes.toString('utf8');
  const perByte = bytes.toString('latin1').replace(/[\x80-\xff]/g, '\ufffd');
  yield { to: utf8(perByte), text: `${how}used as ASCII text, with U+FFFD for every byte over 0x7F` };
  yield {
    to: lossy.replaceAll('\ufffd', '?').replace(/[^\0-\x7f]/gu, '?'),
    text: `${how}used as text, with "?" for what is not ASCII`,
  };
  yield {
    to: utf8(lossy.replaceAll('\ufffd', '?')),
    text: `${how}used as text, with "?" for what is not UTF-8`,
  };
  yield { to: utf8(lossy.replaceAll('\ufffd', '')), text: `${how}used as text, without what is not UTF-8` };
  yield {
    to: bytes.toString('latin1').replace(/[\x80-\xff]/g, ''),
    text: `${how}used as text, without what is not ASCII`,
  };
  yield {
    to: bytes.toString('latin1').replace(/[\x80-\xff]/g, '?'),
    text: `${how}used as ASCII text, with "?" for every byte over 0x7F`,
  };
  yield {
    to: utf8(lossy.trim()),
    text: `${how}used as text, with U+FFFD for what is not UTF-8, and trimmed`,
  };
  yield {
    to: utf8(new TextDecoder('windows-1252').decode(bytes)),
    text: `${how}used as text, read as cp1252`,
  };
  const zero = bytes.indexOf(0);
  if (zero > 0) yield { to: bytes.subarray(0, zero), text: `${how}used as text, cut at its first NUL byte` };
  const wide = bytes.toString('utf16le');
  yield { to: utf8(wide), text: `${how}used as text, read as UTF-16` };
}
