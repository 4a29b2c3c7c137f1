import { durationText } from '../../config/duration.js';
import type { HttpResponse } from '../network/network.js';
import { answerOf, matches } from './matcher.js';
import type { ProbeResult } from './probe.js';
import type { WebSocketProbe } from './websocket.js';
import { describe, statusText, wordsOf } from './words.js';

/** Policy violation (RFC 6455 §7.4.1), and what applications use for "unauthorized" and "forbidden". */
const rejectionCodes: readonly number[] = [1008, 4001, 4003, 4401, 4403];

/** What a refused handshake says: 401 and 403 are about the token, the rest is not. */
export function judgeRefusal(response: HttpResponse): ProbeResult {
  const { status } = response;
  const { document } = answerOf(status, response.body);
  const said = document.found ? wordsOf(document.value) : [];
  const seen =
    status === 101 ? '101 without an upgrade to WebSocket' : `${statusText(status)} to the handshake`;
  const told = { status, closeCode: null, detail: describe(seen, said) };
  if (status === 401 || status === 403) return { ...told, result: 'rejected', reason: null };
  const reason = status < 300 ? 'invalid-response' : status < 400 ? 'redirect' : 'http-status';
  return { ...told, result: 'inconclusive', reason };
}

/** What a closed socket says, by its close code (RFC 6455 §7.4). */
export function judgeClose(
  probe: Pick<WebSocketProbe, 'rejected'>,
  close: { readonly code: number; readonly reason: string },
): ProbeResult {
  const { code } = close;
  const codes = probe.rejected?.closeCodes ?? rejectionCodes;
  const seen = describe(`closed ${code}`, close.reason === '' ? [] : [close.reason]);
  const told = { status: 101, closeCode: code, detail: seen };
  if (codes.includes(code)) return { ...told, result: 'rejected', reason: null };
  return { ...told, result: 'inconclusive', reason: code === 1006 ? 'connection' : 'invalid-response' };
}

/** What a message says; `null`: nothing about the token. */
export function judgeMessage(
  probe: Pick<WebSocketProbe, 'accepted' | 'rejected'>,
  text: string,
): ProbeResult | null {
  const answer = answerOf(null, text);
  const said = answer.document.found ? wordsOf(answer.document.value) : [];
  const told = { status: 101, closeCode: null, reason: null };
  if (probe.rejected?.message !== undefined && matches(probe.rejected.message, answer)) {
    const detail = describe('rejecting message', said);
    return { ...told, result: 'rejected', detail };
  }
  if (probe.accepted !== undefined && matches(probe.accepted.message, answer)) {
    return { ...told, result: 'accepted', detail: describe('accepting message', said) };
  }
  return null;
}

/** What it says that the socket is still open after `settle`. */
export function judgeOpen(probe: Pick<WebSocketProbe, 'accepted' | 'settle'>): ProbeResult {
  const told = { status: 101, closeCode: null };
  const settle = durationText(probe.settle);
  if (probe.accepted === undefined) {
    return { ...told, result: 'accepted', detail: `still open after ${settle}`, reason: null };
  }
  const detail = `open, but no accepting message within ${settle}`;
  return { ...told, result: 'inconclusive', detail, reason: 'timeout' };
}

/** Why a handshake with status 101 failed all the same: what RFC 6455 §4.1 wants of the answer. */
export function judgeBrokenUpgrade(
  headers: HttpResponse['headers'],
  offered: readonly string[],
): ProbeResult {
  const chosen = headers['sec-websocket-protocol'];
  const detail =
    offered.length > 0 && chosen === undefined
      ? '101, but none of the offered subprotocols chosen; browsers drop such a connection too'
      : chosen !== undefined && !offered.includes(chosen)
        ? '101, but with a subprotocol that was not offered; browsers drop such a connection too'
        : '101, but no valid WebSocket handshake; browsers drop such a connection too';
  return { result: 'inconclusive', status: 101, closeCode: null, detail, reason: 'invalid-response' };
}
