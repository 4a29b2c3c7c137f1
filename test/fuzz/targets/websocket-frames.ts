import type { Socket } from 'node:net';
import fc from 'fast-check';
import { strictVerifier } from '../../../src/demo/verifier.js';
import type { Report } from '../../../src/model.js';
import { startTcpServer } from '../../support/http-server.js';
import { configOf, fingerprint, variable } from '../../support/service.js';
import { everyFormat, mustBeConfirmed, mustBeReported } from '../support/check-oracles.js';
import { runCommand } from '../support/command.js';
import {
  acceptances,
  clientText,
  type Frame,
  frameBytes,
  handshakeBytes,
  rejections,
  type Speech,
  speeches,
} from '../support/frames.js';
import { longestPause } from '../support/longest-pause.js';
import { mustHoldNoSecret, SeenLines } from '../support/oracles.js';
import { must, type Target } from '../support/target.js';
import { bytesOf, type Repeatable } from '../support/wire.js';

/*
 * Whatever comes over a WebSocket, bytes on a bare connection after a handshake that is mostly right, through a whole check
 * with every control token. As for answers over HTTP, and besides:
 *
 * - a token counts as accepted only where the handshake was right; where a message that accepts is configured, only where
 *   some frame holds it, and where none is, only where the server neither closed nor broke the rules of RFC 6455;
 * - a close code in the report is one that was sent, or one that stands for none (1005, 1006).
 */

interface Case {
  readonly good: Speech;
  readonly bad: Speech;
  readonly via: 'header' | 'query' | 'subprotocol' | 'message';
  readonly expects: 'nothing' | 'message' | 'conversation';
  readonly flags: readonly string[];
}

const secret = 'wQ2!v"R7&kZ9/ä+b5<Nf4=xT8?mW5 pLs';
const expanded = 'Hy3-uJ8.kM1_zC6~qF4w';

/** What accepts a token, where something must. */
const welcome = 'invalid signature';

const inputs: fc.Arbitrary<Case> = fc.record({
  good: fc.oneof(speeches, acceptances(welcome)),
  bad: fc.oneof(speeches, rejections),
  via: fc.constantFrom('header', 'header', 'query', 'subprotocol', 'message'),
  expects: fc.constantFrom('nothing', 'nothing', 'message', 'conversation'),
  flags: fc.constantFrom([], ['-v'], ['--no-follow-up']),
});

const endsItself = ({ frames, end }: Speech): boolean => end !== 'stay' || frames.some(isFinal);

/** Milliseconds. Long where a server must be heard in time that is busy with other cases. */
const settleOf = ({ good, bad, expects }: Case): number =>
  expects === 'nothing' && (endsItself(good) || endsItself(bad)) ? 500 : 60;

function configuration(input: Case, url: string): unknown {
  const { via, expects } = input;
  const probe = {
    kind: 'websocket',
    name: 'ws',
    url: `${url}/\${EXPANDED}`,
    via,
    settle: `${settleOf(input)}ms`,
    timeout: '1s',
    headers: { 'x-key': `\${EXPANDED}` },
    ...(expects === 'nothing' ? {} : { accepted: { message: { includes: welcome } } }),
    ...(expects === 'conversation'
      ? { messages: [{ hello: '{{token}}', key: `\${EXPANDED}` }, { expect: 'error' }] }
      : {}),
  };
  return configOf({ s0: { probes: [probe] } }, { controls: 'all', timeout: '1s' });
}

/** Whether frames end the connection, or must make a client end it. */
function isFinal({ opcode, fin, reserved, masked, length, payload }: Frame): boolean {
  const isControl = opcode >= 8;
  const isHuge = payload.is === 'repeat' && payload.unit.length * payload.times > 65_536;
  return (
    opcode === 8 ||
    masked ||
    length === 'huge' ||
    isHuge ||
    (isControl && !fin) ||
    (reserved & 3) !== 0 ||
    opcode % 8 > 2
  );
}

/** Whether the token comes in a message, after the handshake. */
const isSaid = ({ via, expects }: Case): boolean => via === 'message' || expects === 'conversation';

function mustFitTheWire(report: Report, input: Case, isPunctual: boolean): void {
  const { good, bad, expects } = input;
  const from: Repeatable = { token: '', head: '', body: '', secret, variable: expanded, fingerprint: '' };
  for (const { participant, token, result, closeCode, detail } of report.attempts) {
    if (participant !== 's0') continue;
    const speech = token === 'genuine' ? good : bad;
    const shown = `${token}: ${result}, ${closeCode}, ${detail}`;
    if (result === 'accepted') {
      const { handshake } = isSaid(input) ? good : speech;
      must(handshake === 'right', () => `accepted without a handshake: ${shown}`);
      if (expects === 'nothing')
        must(
          !isPunctual || !endsItself(speech),
          () => `accepted, though the connection did not stay: ${shown}`,
        );
      else
        must(
          speech.frames.some(({ payload }) => bytesOf(payload, from).includes(welcome)),
          () => `accepted without the message that accepts: ${shown}`,
        );
    }
    const codes = speech.frames.map(({ code }) => code);
    // Two bytes of any payload of a close frame are its code.
    const isAny = speech.frames.some(({ opcode, code }) => opcode === 8 && code === null);
    must(
      closeCode === null || closeCode === 1005 || closeCode === 1006 || isAny || codes.includes(closeCode),
      () => `a close code that nobody sent: ${shown}`,
    );
  }
}

interface World {
  readonly input: Case;
  readonly heard: Set<string>;
}

export const websocketFrames: Target<Case> = {
  name: 'websocket-frames',
  cases: 150,
  lanes: 12,
  inputs,
  open: async () => {
    const verify = strictVerifier(secret);
    const seen = new SeenLines();
    const worlds = new Map<string, World>();
    let count = 0;

    const speak = async (
      socket: Socket,
      { input, heard }: World,
      head: string,
      body: string,
      isOpen: boolean,
    ) => {
      const token = /eyJ[\w-]+\.[\w-]+\.[\w-]*/.exec(`${decoded(head)}\n${body}`)?.[0] ?? '';
      if (token !== '') heard.add(token);
      const isValid = token !== '' && (await verify(token)) !== null;
      const speech = isValid ? input.good : input.bad;
      const from = { token, head, body, secret, variable: expanded, fingerprint: fingerprint(secret) };
      if (!isOpen) socket.write(handshakeBytes(speech, head), 'latin1');
      for (const frame of speech.frames) socket.write(frameBytes(frame, from));
      if (speech.end === 'end' || (!isOpen && speech.handshake !== 'right')) socket.end();
      else if (speech.end === 'reset') setImmediate(() => socket.resetAndDestroy());
    };

    const server = await startTcpServer((socket) => {
      let received = Buffer.alloc(0);
      let head: string | null = null;
      let isAnswered = false;
      socket.on('data', (bytes) => {
        received = Buffer.concat([received, bytes]);
        const end = received.indexOf('\r\n\r\n');
        if (head === null && end !== -1) {
          head = received.subarray(0, end).toString('latin1');
          received = received.subarray(end + 4);
        }
        const world = worlds.get(/^GET \/(\w+)/.exec(head ?? '')?.[1] ?? '');
        if (head === null || isAnswered) return;
        if (world === undefined) return void socket.destroy();
        const { good } = world.input;
        if (!isSaid(world.input)) {
          isAnswered = true;
          return void speak(socket, world, head, '', false);
        }
        // The token comes in a message: the handshake is that of a valid one.
        if (received.length === 0) return void socket.write(handshakeBytes(good, head), 'latin1');
        const text = clientText(received);
        if (text === null) return;
        isAnswered = true;
        void speak(socket, world, head, text, true);
      });
    });

    return {
      async run(input) {
        const id = `c${count++}`;
        const world = { input, heard: new Set<string>() };
        worlds.set(id, world);
        const longest = longestPause();
        const config = configuration(input, `ws://127.0.0.1:${server.port}/${id}`);
        const ran = await runCommand({
          args: [...everyFormat, ...input.flags],
          files: { '.jwtcheckrc.json': JSON.stringify(config) },
          env: { [variable]: secret, EXPANDED: expanded },
        });
        worlds.delete(id);
        mustHoldNoSecret(ran.outputs, [secret, expanded, ...world.heard], seen);
        const report = mustBeReported(ran);
        mustBeConfirmed(report);
        mustFitTheWire(report, input, longest() < 100);
      },
      close: () => server.close(),
    };
  },
};

/** A head with what its subprotocols encode. */
const decoded = (head: string): string =>
  `${head}\n${[...head.matchAll(/jwt\.([\w-]+)/g)].map(([, part = '']) => Buffer.from(part, 'base64url').toString()).join('\n')}`;
