import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { canHideInput, readHidden } from '../../src/system/hidden-input.js';
import { aRecorder } from '../support/outputs.js';

function aTerminal() {
  const modes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (raw: boolean) => void modes.push(raw),
  });
  const stderr = aRecorder({ isTTY: true });
  const stopping = new AbortController();
  const reading = readHidden({ stdin, stderr, signal: stopping.signal }, 'Secret: ');
  reading.catch(() => {});
  return { stdin, stderr, modes, stopping, reading };
}

async function typed(...keys: (string | Buffer)[]): Promise<string> {
  const terminal = aTerminal();
  for (const key of keys) terminal.stdin.write(key);
  return (await terminal.reading).toString('utf8');
}

describe('readHidden', () => {
  it.each<[string, string[], string]>([
    ['Enter', ['s3', 'cret', '\r'], 's3cret'],
    ['a newline', ['s3cret\n'], 's3cret'],
    ['CRLF of a paste', ['s3cret\r\n'], 's3cret'],
    ['Ctrl-D', ['s3cret', '\u0004'], 's3cret'],
    ['nothing', ['\r'], ''],
  ])('ends with %s, which is not part of it', async (_, keys, expected) => {
    expect(await typed(...keys)).toBe(expected);
  });

  it.each<[string, string[], string]>([
    ['Backspace deletes a character', ['ab', '\u007f', 'c\r'], 'ac'],
    ['of several bytes', ['a€', '\u007f', 'b\r'], 'ab'],
    ['of none', ['\u007f\u007f', 'a\r'], 'a'],
    ['Ctrl-U deletes the line', ['wrong', '\u0015', 'right\r'], 'right'],
    ['marks of a paste are left out', ['\u001b[200~pasted\u001b[201~', '\r'], 'pasted'],
    ['spaces stay', [' a b \r'], ' a b '],
  ])('%s', async (_, keys, expected) => {
    expect(await typed(...keys)).toBe(expected);
  });

  it('keeps bytes that are no text', async () => {
    const terminal = aTerminal();
    terminal.stdin.write(Buffer.from([0x61, 0xff, 0xfe, 0x0d]));
    expect(await terminal.reading).toEqual(Buffer.from([0x61, 0xff, 0xfe]));
  });

  it('shows the question and nothing that is typed, and restores the terminal', async () => {
    const terminal = aTerminal();
    terminal.stdin.write('s3cret\r');
    await terminal.reading;
    expect(terminal.stderr.text()).toBe('Secret: \n');
    expect(terminal.modes).toEqual([true, false]);
  });

  it('refuses several lines, for the rest would be taken for commands', async () => {
    const terminal = aTerminal();
    terminal.stdin.write('one\ntwo\n');
    await expect(terminal.reading).rejects.toThrow('more than one line');
    expect(terminal.modes).toEqual([true, false]);
  });

  it('refuses what is too long for any secret', async () => {
    const terminal = aTerminal();
    terminal.stdin.write('x'.repeat(70_000));
    await expect(terminal.reading).rejects.toThrow('over 64 KiB');
  });

  it.each<[string, (terminal: ReturnType<typeof aTerminal>) => void]>([
    ['Ctrl-C', ({ stdin }) => void stdin.write('abc\u0003')],
    ['a signal', ({ stopping }) => stopping.abort('SIGTERM')],
  ])('is interrupted by %s, and restores the terminal', async (_, interrupt) => {
    const terminal = aTerminal();
    interrupt(terminal);
    await expect(terminal.reading).rejects.toMatchObject({ code: 'ERR_INTERRUPTED' });
    expect(terminal.modes).toEqual([true, false]);
  });

  it('needs a terminal that can hide', () => {
    expect(canHideInput(new PassThrough())).toBe(false);
    expect(canHideInput(Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => {} }))).toBe(true);
  });
});
