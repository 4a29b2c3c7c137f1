import { nothing, type Transform, type Variant } from './transform.js';

/** YAML 1.1's words for true, false and null. */
const words: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['yes', 'y', 'on', 'true'].map((word) => [word, 'true'])),
  ...Object.fromEntries(['no', 'n', 'off', 'false'].map((word) => [word, 'false'])),
};

const longest = 400;

/** A tool read the secret as a number, a time or a boolean, and wrote it again in its own format. */
export const readAsNumber: Transform = {
  code: 'read-as-number',
  words: {
    title: 'The secret was read as a number',
    explanation:
      'The secret looks like a number (digits, 12e10, 0123, 10:20:30), a date, or yes or no. YAML, Helm, JavaScript or ' +
      'a spreadsheet parsed it as such and wrote it in another form.',
    example: 'Helm turns the value 03190301 into 3.190301e+06 unless it is quoted.',
    proof: "One side's fingerprint matches the other side's secret as a number that was written again.",
    incidents: ['helm#4541', 'kapitan#1370'],
    remedy:
      'Put the value in quotes wherever it is written, or use a secret with letters, which is not a number.',
    phrase: 'read as a number',
    look: 'Where the value is set, put it in quotes: in YAML, in --set-string of Helm, in JSON.',
  },
  *apply({ latin1 }) {
    if (latin1.length > longest || !/^[\w+.:~ -]+$/.test(latin1)) return;
    const truth = words[latin1.toLowerCase()];
    if (truth !== undefined) yield* truthOf(truth);
    if (!/^[-+]?[\d._]|^\.\d/.test(latin1)) return;
    if (/^\d{4}-\d\d?-\d\d?$/.test(latin1)) yield* dates(latin1);
    const plain = latin1.replace(/_/g, '');
    const unsigned = plain.replace(/^[-+]/, '');
    const sign = plain.startsWith('-') ? '-' : '';
    yield* integers(unsigned, sign);
    if (!/^(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(unsigned)) return;
    yield* forms(Number(sign + unsigned));
    if (/^\d+$/.test(unsigned)) {
      yield { to: sign + unsigned.replace(/^0+(?=\d)/, ''), text: 'as a number without its leading zeros' };
      yield { to: `${latin1}.0`, text: 'as a number with ".0" after it' };
      yield { to: `${sign}${unsigned.replace(/^0+(?=\d)/, '')}.0`, text: 'as a number with ".0" after it' };
    }
    if (/\.\d*0+$/.test(unsigned))
      yield { to: latin1.replace(/\.?0+$/, ''), text: 'as a number without zeros at its end' };
  },
  undo: nothing,
};

function* truthOf(value: string): Iterable<Variant> {
  const text = `as the word for ${value} that YAML reads in it`;
  yield { to: value, text };
  yield { to: value === 'true' ? 'True' : 'False', text };
  yield { to: value === 'true' ? '1' : '0', text };
  yield { to: value.toUpperCase(), text };
}

/** Octal, hexadecimal, binary and base 60, as YAML 1.1 reads them; in decimal. */
function* integers(text: string, sign: string): Iterable<Variant> {
  const read: [RegExp, string, string][] = [
    [/^0o?([0-7]+)$/, '0o', 'an octal number'],
    [/^0x([0-9A-Fa-f]+)$/i, '0x', 'a hexadecimal number'],
    [/^0b([01]+)$/i, '0b', 'a binary number'],
  ];
  for (const [pattern, prefix, name] of read) {
    const digits = pattern.exec(text)?.[1];
    if (digits === undefined) continue;
    const value = BigInt(prefix + digits);
    yield { to: `${sign}${value}`, text: `as ${name}, in decimal` };
    yield* forms(Number(`${sign}${value}`), `as ${name}, `);
  }
  if (!/^\d+(?::[0-5]?\d)+(?:\.\d*)?$/.test(text)) return;
  const value = text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  yield { to: `${sign}${value}`, text: 'as a number in base 60' };
  yield { to: `${sign}${value}.0`, text: 'as a number in base 60' };
  if (!/^\d+:\d\d$/.test(text)) return;
  yield { to: `${text}:00`, text: 'as a time of day' };
}

/** A floating-point number as each language writes it. */
function* forms(value: number, before = 'as a number, '): Iterable<Variant> {
  if (!Number.isFinite(value)) {
    for (const to of ['Infinity', 'inf', '.inf', '+Inf', '+inf', 'INF', 'null'])
      yield { to, text: `${before}which is too large` };
    return;
  }
  yield { to: String(value), text: `${before}as JavaScript writes it` };
  yield { to: likeGo(value), text: `${before}as Go and Helm write it` };
  yield { to: likePython(value), text: `${before}as Python writes it` };
  yield { to: value.toExponential(), text: `${before}in exponential form` };
  yield { to: value.toExponential().replace('e', 'E'), text: `${before}in exponential form` };
  yield { to: likeJava(value), text: `${before}as Java writes it` };
  yield { to: likePhp(value, 14), text: `${before}as PHP writes it` };
  yield { to: likePhp(value, 17), text: `${before}as PHP writes it` };
  yield { to: likePrintf(value, 15), text: `${before}with 15 digits` };
  yield { to: likePrintf(value, 6), text: `${before}with 6 digits` };
  yield { to: value.toFixed(6), text: `${before}with 6 decimals` };
  yield { to: value.toFixed(2), text: `${before}with 2 decimals` };
  if (Number.isInteger(value)) {
    const whole = BigInt(value).toString();
    yield { to: whole, text: `${before}in full` };
    yield { to: `${whole}.0`, text: `${before}in full, with ".0" after it` };
  }
  if (value >= 2 ** 31) {
    const bits = BigInt(Math.trunc(value));
    yield { to: String(BigInt.asIntN(32, bits)), text: `${before}cut to 32 bits` };
    yield { to: '2147483647', text: `${before}cut to 32 bits` };
    yield { to: '9223372036854775807', text: `${before}cut to 64 bits` };
    yield { to: String(BigInt.asIntN(64, bits)), text: `${before}cut to 64 bits` };
  }
}

/** At least two digits in the exponent, and a sign. */
const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, 'e$10$2');

function likeGo(value: number): string {
  const power = value === 0 ? 0 : Number(value.toExponential().split('e')[1]);
  return power < -4 || power >= 6 ? significant(value) : decimal(value);
}

/** As strconv's `g` decides: a number stays decimal only if six digits are enough for it. */
function significant(value: number): string {
  return exponent(value.toExponential());
}

const decimal = (value: number): string =>
  Math.abs(value) < 1e21 ? String(value) : BigInt(value).toString();

function likePython(value: number): string {
  const power = value === 0 ? 0 : Number(value.toExponential().split('e')[1]);
  if (power < -4 || power >= 16) return exponent(value.toExponential());
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function likeJava(value: number): string {
  const power = value === 0 ? 0 : Number(value.toExponential().split('e')[1]);
  if (power >= -3 && power < 7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', shown = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${shown.replace('+', '')}`;
}

function likePhp(value: number, precision: number): string {
  const power = value === 0 ? 0 : Number(value.toExponential().split('e')[1]);
  if (power < -5 || power >= precision + 1) {
    const [digits = '', shown = ''] = value.toExponential(precision - 1).split('e');
    const short = digits.replace(/\.?0+$/, '');
    return `${short.includes('.') ? short : `${short}.0`}E${shown}`;
  }
  return String(Number(value.toPrecision(precision)));
}

/** `%g` with a number of digits. */
function likePrintf(value: number, precision: number): string {
  const power = value === 0 ? 0 : Number(value.toExponential(precision - 1).split('e')[1]);
  if (power < -4 || power >= precision) {
    const [digits = '', shown = ''] = value.toExponential(precision - 1).split('e');
    return exponent(`${digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits}e${shown}`);
  }
  return decimal(Number(value.toPrecision(precision)));
}

function* dates(text: string): Iterable<Variant> {
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return;
  const day = date.toISOString().slice(0, 10);
  for (const to of [
    date.toISOString(),
    `${day}T00:00:00Z`,
    `${day} 00:00:00 +0000 UTC`,
    `${day} 00:00:00 UTC`,
    `${day} 00:00:00`,
    `${day} 00:00:00Z`,
    String(date.getTime() / 1000),
    String(date.getTime()),
  ])
    yield { to, text: 'as a date' };
}
