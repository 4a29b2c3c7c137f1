/**
 * The bytes of one entry of a dotenv file as they stand there: all that follows `=` up to the end of the line, with
 * blanks, quotes, comments and a carriage return, for those are what services disagree about. `export` may stand
 * before the name, blanks around it; of several entries the last one counts. `null` where there is none.
 */
export function entryOf(content: Buffer, key: string): Buffer | null {
  // One character a byte, so that nothing is lost in what is no UTF-8.
  const name = Buffer.from(key).toString('latin1');
  let value: string | null = null;
  for (const line of content.toString('latin1').split('\n')) {
    const equals = line.indexOf('=');
    if (equals === -1) continue;
    const left = line
      .slice(0, equals)
      .replace(/^[ \t]*(?:export[ \t]+)?/, '')
      .replace(/[ \t]+$/, '');
    if (left === name) value = line.slice(equals + 1);
  }
  return value === null ? null : Buffer.from(value, 'latin1');
}
