import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpolate } from '../../../src/config/expand/interpolate.js';
import { labeller, withoutUrlSecrets } from '../../../src/config/expand/label.js';

describe('a URL that is shown', () => {
  it.each([
    ['https://u:p@h:8443/p/q?a=b&c=#d', 'https://h:8443/p/q?a=…&c='],
    ['https://h/?token={{token}}&x=1', 'https://h/?token={{token}}&x=…'],
    ['wss://h/?{{token.base64url}}', 'wss://h/?{{token.base64url}}'],
    ['https://h?abcdef', 'https://h?…'],
    ['https://h/a@b', 'https://h/a@b'],
    ['https://u@x@h/#tok', 'https://h/'],
    [`\${BASE}/p?k=v#f`, `\${BASE}/p?k=…`],
    ['./file?x=y', './file?x=y'],
    ['op', 'op'],
  ])('%s', (url, shown) => expect(withoutUrlSecrets(url)).toBe(shown));
});

describe('a label', () => {
  it('never shows what was put in, nor a default', () => {
    const word = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 8, maxLength: 12 });
    const template = fc.constantFrom(
      `\${A}`,
      `\${B:-`,
      `https://\${A}/x`,
      `https://h/\${B:-`,
      `https://h/?q=\${A}#\${A}`,
      `x \${A}`,
    );
    fc.assert(
      fc.property(word, template, (secret, text) => {
        const whole = text.endsWith(':-') ? `${text}${secret}}` : text;
        const { templates, secrets, value } = interpolate([whole], { A: secret }, 'all');
        const label = labeller(templates, secrets);
        const [expanded] = Array.isArray(value) ? value : [];
        expect(String(expanded)).toContain(secret);
        expect(label(String(expanded))).not.toContain(secret);
        expect(label(`${String(expanded)} and more`)).not.toContain(secret);
      }),
    );
  });
});
