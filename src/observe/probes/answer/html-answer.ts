/** Maximum number of lines of a page. */
const mostLines = 8;

/** Lines of a page: its title, headings, paragraphs and preformatted text, without stack traces. */
export function wordsOfPage(page: string): string[] {
  const lines = new Set<string>();
  for (const line of visibleLines(page)) {
    if (lines.size === mostLines) break;
    if (!isStack.test(line)) lines.add(line);
  }
  return [...lines];
}

/** Title and headings only: in an answer that is no rejection, the rest of the page is content. */
export function titleOfPage(page: string): string[] {
  return visibleLines(page, /^(?:title|h1)$/).slice(0, 2);
}

const isStack = /^(?:at .|File ".*", line \d|Traceback \(|\.{3} \d+ more|Caused by: .*\.java)/;

/** Elements whose text is read, including their children. */
const read = /^(?:title|h[1-6]|pre|p|code|dd|td|address)$/;
const unread = /^(?:script|style|svg|template|noscript)$/;
/** Elements that end a line. */
const breaks =
  /^\/?(?:title|h[1-6]|pre|p|dd|dt|td|th|tr|li|div|br|hr|body|head|html|address|section|center)$/;

/** A single pass in linear time, regardless of unclosed elements. */
function visibleLines(page: string, wanted: RegExp = read): string[] {
  const lines: string[] = [];
  let line = '';
  let open: string | null = null;
  const end = (): void => {
    for (const part of line.split(/[\r\n]+/)) {
      const text = unescaped(part).trim();
      if (text !== '') lines.push(text);
    }
    line = '';
  };
  for (let at = 0; at < page.length; ) {
    const start = page.indexOf('<', at);
    if (open !== null) line += page.slice(at, start === -1 ? page.length : start);
    if (start === -1) break;
    const stop = page.startsWith('<!--', start) ? page.indexOf('-->', start) : page.indexOf('>', start);
    if (stop === -1) break;
    const name = tagName(page, start);
    if (breaks.test(name)) end();
    if (open === null && wanted.test(name)) open = name;
    else if (name === `/${open}`) open = null;
    at = stop + 1;
    if (!unread.test(name)) continue;
    const closed = page.indexOf(`</${name}`, at);
    if (closed === -1) break;
    at = closed;
  }
  end();
  return lines;
}

const tagName = (page: string, start: number): string =>
  /^<(\/?[a-z][a-z0-9]{0,11})/i.exec(page.slice(start, start + 16))?.[1]?.toLowerCase() ?? '';

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
