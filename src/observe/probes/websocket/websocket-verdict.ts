import { durationText } from '../../../schema/duration.js';
import type { HttpResponse } from '../../network/network.js';
import { describe, type Presented, readAnswer, readMessages, statusText } from '../answer/answer-words.js';
import { unpack } from '../answer/message.js';
import { answerOf, type MessageMatcher, matches } from '../matcher.js';
import type { ProbeResult } from '../probe.js';
import type { WebSocketProbe } from './schema.js';

/** Messages of the socket, and the token to remove from them. */
export interface Heard {
  readonly messages: readonly string[];
  readonly token: Presented['token'];
}

/** Policy violation (RFC 6455 §7.4.1), and the codes that applications use for "unauthorized" and "forbidden". */
const rejectionCodes: readonly number[] = [1008, 4001, 4003, 4401, 4403];

/** Judges a rejected handshake: 401 and 403 concern the token, other statuses do not. */
export function judgeRefusal(response: HttpResponse, presented: Presented): ProbeResult {
  const { status } = response;
  const { said, shown } = readAnswer(response, answerOf(status, response.body), presented);
  const seen =
    status === 101 ? '101 without an upgrade to WebSocket' : `${statusText(status)} to the handshake`;
  const common = { status, closeCode: null, detail: describe(seen, shown), said };
  if (status === 401 || status === 403) return { ...common, result: 'rejected', reason: null };
  const reason = status < 300 ? 'invalid-response' : status < 400 ? 'redirect' : 'http-status';
  return { ...common, result: 'inconclusive', reason };
}

/** Judges a closed socket by its close code (RFC 6455 §7.4). */
export function judgeClose(
  probe: Pick<WebSocketProbe, 'rejected'>,
  close: { readonly code: number; readonly reason: string },
  { messages, token }: Heard,
): ProbeResult {
  const { code } = close;
  const codes = probe.rejected?.closeCodes ?? rejectionCodes;
  const { said, shown } = readMessages(messages, close.reason, token);
  const common = { status: 101, closeCode: code, detail: describe(`closed ${code}`, shown), said };
  if (codes.includes(code)) return { ...common, result: 'rejected', reason: null };
  return { ...common, result: 'inconclusive', reason: code === 1006 ? 'connection' : 'invalid-response' };
}

/** Whether a message matches, either itself or its unpacked content, such as JSON behind a prefix or in records. */
export function messageMatches(matcher: MessageMatcher, text: string): boolean {
  const answer = answerOf(null, text);
  if (matches(matcher, answer)) return true;
  if (answer.document.found) return false;
  return unpack(text).documents.some((value) =>
    matches(matcher, { status: null, text, document: { found: true, value } }),
  );
}

/**
 * Judges a message; `null`: it says nothing about the token.
 * @param mayAccept whether all messages were sent: before that, no message accepts a token
 */
export function judgeMessage(
  probe: Pick<WebSocketProbe, 'accepted' | 'rejected'>,
  text: string,
  token: Presented['token'],
  mayAccept = true,
): ProbeResult | null {
  const rejects = probe.rejected?.message !== undefined && messageMatches(probe.rejected.message, text);
  const accepts =
    !rejects && mayAccept && probe.accepted !== undefined && messageMatches(probe.accepted.message, text);
  if (!rejects && !accepts) return null;
  const result = rejects ? 'rejected' : 'accepted';
  const { said, shown } = readMessages([text], '', token);
  const detail = describe(result === 'rejected' ? 'rejecting message' : 'accepting message', shown);
  return { result, status: 101, closeCode: null, detail, reason: null, said };
}

/** Judges a socket that is still open after `settle`. */
export function judgeOpen(
  probe: Pick<WebSocketProbe, 'accepted' | 'settle'>,
  { messages, token }: Heard,
): ProbeResult {
  const { said, shown } = readMessages(messages, '', token);
  const common = { status: 101, closeCode: null, said };
  const settle = durationText(probe.settle);
  if (probe.accepted === undefined) {
    return {
      ...common,
      result: 'accepted',
      detail: describe(`still open after ${settle}`, shown),
      reason: null,
    };
  }
  const detail = describe(`open, but no accepting message within ${settle}`, shown);
  return { ...common, result: 'inconclusive', detail, reason: 'timeout' };
}

/** Judges an expected message that did not arrive. */
export function judgeWaiting(step: number, patience: number, { messages, token }: Heard): ProbeResult {
  const { said, shown } = readMessages(messages, '', token);
  const detail = describe(
    `open, but messages[${step}] did not arrive within ${durationText(patience)}`,
    shown,
  );
  return { result: 'inconclusive', status: 101, closeCode: null, detail, reason: 'timeout', said };
}

/** Why a handshake with status 101 failed: requirements of RFC 6455 §4.1 for the answer. */
export function judgeBrokenUpgrade(
  headers: HttpResponse['headers'],
  offered: readonly string[],
): ProbeResult {
  const chosen = headers['sec-websocket-protocol'];
  const detail =
    offered.length > 0 && chosen === undefined
      ? '101, but without any of the offered subprotocols; browsers close such a connection, too'
      : chosen !== undefined && !offered.includes(chosen)
        ? '101, but with a subprotocol that was not offered; browsers close such a connection, too'
        : '101, but no valid WebSocket handshake; browsers close such a connection, too';
  return { result: 'inconclusive', status: 101, closeCode: null, detail, reason: 'invalid-response' };
}
