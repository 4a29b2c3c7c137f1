import { asText, changed, type Distortion, type Variant } from './distortion.js';

/** The key is the text as it is, and somebody decoded it because it can be read as hex; or only took `0x` off. */
export const hexDecoded: Distortion = {
  code: 'hex-decoded',
  apply(bytes) {
    const text = asText(bytes);
    const prefix = /^0[xX]/.test(text) ? 2 : 0;
    const digits = text.slice(prefix);
    if (digits.length < 2 || !/^[0-9a-fA-F]+$/.test(digits)) return [];
    const whole = digits.length % 2 === 0;
    return [
      ...(whole ? [{ bytes: Buffer.from(digits, 'hex'), text: 'decoded from hex' }] : []),
      ...changed(text, digits, 'without its "0x"'),
    ];
  },
  undo(bytes): Variant[] {
    if (bytes.length === 0) return [];
    const hex = bytes.toString('hex');
    const text = asText(bytes);
    return [
      { bytes: Buffer.from(hex), text: 'as hex' },
      { bytes: Buffer.from(hex.toUpperCase()), text: 'as hex in capitals' },
      { bytes: Buffer.from(`0x${hex}`), text: 'as hex with "0x" before it' },
      ...(/^[0-9a-fA-F]+$/.test(text) ? changed(text, `0x${text}`, 'with "0x" before it') : []),
    ];
  },
};
