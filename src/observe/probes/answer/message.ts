import { parseJson } from '../../../schema/read-json.js';

/** A WebSocket message, unpacked according to its protocol. */
export interface Unpacked {
  /** The JSON documents in it. */
  readonly documents: readonly unknown[];
  /** Other text in it. */
  readonly text: string;
  /** Whether it only opens the connection or keeps it alive. */
  readonly isSilent: boolean;
}

/** Maximum length of a prefix before JSON: packet type, namespace, event. */
const longestPrefix = 64;
const mostRecords = 16;

/**
 * Unpacks a message: plain JSON, JSON behind a prefix (Socket.IO `44{…}`, Engine.IO), JSON in JSON (SockJS `a["…"]`),
 * records that end with 0x1e (SignalR), and STOMP frames.
 */
export function unpack(message: string): Unpacked {
  const documents: unknown[] = [];
  const texts: string[] = [];
  const records = message.split('\u001e', mostRecords + 1).slice(0, mostRecords);
  for (const record of records) {
    const text = record.replace(/\0+$/, '').trim();
    if (text === '') continue;
    const document = parsed(text) ?? behindPrefix(text);
    if (document === undefined) texts.push(...(stompError(text) ?? [text]));
    else documents.push(...nested(document.value, text));
  }
  const text = texts.join('\n');
  return { documents, text, isSilent: documents.every(isBeat) && beats.test(text) };
}

/** SockJS: open and heartbeat; Engine.IO: ping, pong, open and connected without data. */
const beats = /^(?:|o|h|[236]|40|ping|pong|\n)$/i;

function isBeat(document: unknown): boolean {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return false;
  return Object.entries(document).some(
    ([name, value]) =>
      /^(?:type|op|event|msg|action)$/i.test(name) &&
      (value === 6 || (typeof value === 'string' && /^(?:ping|pong|heartbeat|keep-?alive|ka)$/i.test(value))),
  );
}

function parsed(text: string): { readonly value: unknown } | undefined {
  if (!/^[[{"]/.test(text)) return undefined;
  const value = parseJson(text);
  return value === undefined ? undefined : { value };
}

function behindPrefix(text: string): { readonly value: unknown } | undefined {
  const start = text.slice(0, longestPrefix).search(/[[{"]/);
  return start <= 0 ? undefined : parsed(text.slice(start));
}

/** SockJS sends JSON within JSON. */
function nested(value: unknown, text: string): unknown[] {
  if (!/^[am]["[]/.test(text)) return [value];
  return [value]
    .flat()
    .map((item: unknown) => (typeof item === 'string' ? (parsed(item)?.value ?? item) : item));
}

/** STOMP 1.2: a command, header lines, an empty line, a body. */
function stompError(text: string): string[] | undefined {
  if (!/^ERROR\r?\n/.test(text)) return undefined;
  const [head = '', body = ''] = text.split(/\r?\n\r?\n/, 2);
  const said = head.split(/\r?\n/).flatMap((line) => /^message:(.*)$/.exec(line)?.[1] ?? []);
  return [...said, body].filter((part) => part.trim() !== '');
}
