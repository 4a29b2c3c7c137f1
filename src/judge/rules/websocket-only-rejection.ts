import { describeAttempt, distinct } from '../phrases.js';
import type { Rule } from '../rule.js';
import { rejections, responsesOf } from './shared/token-rejected.js';

type Facts = { readonly accepts: readonly string[]; readonly refuses: readonly string[] };

/** HTTP accepts the token, the WebSocket of the same participant rejects it. */
export const websocketOnlyRejection: Rule<Facts> = {
  code: 'websocket-only-rejection',
  family: 'token-refused',
  severity: 'by-role',
  title: 'Only the WebSocket rejects the token',
  explanation:
    'The same token is accepted over HTTP and rejected over WebSocket. Often the WebSocket runs in a separate ' +
    'process with its own secret, or a proxy drops the header or subprotocol that carries the token.',
  example: 'POST /auth/validate accepts the token; the WebSocket opens and closes with 1008.',
  remedy:
    'Make the WebSocket read the secret from the same place as HTTP, and check what a proxy removes on upgrade.',
  proof: 'The same kind of token was accepted over HTTP and rejected over WebSocket.',
  incidents: ['superset#37753', 'dify#39422', 'home-assistant#16306'],
  find(observations, comparison) {
    const kinds = new Map(
      observations.participants.flatMap((p) =>
        p.probes.map((probe) => [JSON.stringify([p.name, probe.name]), probe.kind]),
      ),
    );
    const isWebSocket = (name: string, probe: string) =>
      kinds.get(JSON.stringify([name, probe])) === 'websocket';
    return rejections(observations, comparison).flatMap((refusal) => {
      const { name, refused, accepted } = refusal;
      const only = refused.every((a) => isWebSocket(name, a.probe));
      // If an invalid token is accepted, too, accepting the valid one says nothing about the key.
      const bad = (comparison.tokens.controls.get(name) ?? []).filter((a) => a.result === 'accepted');
      const overHttp = accepted.filter(
        (a) => !isWebSocket(name, a.probe) && bad.every((b) => b.probe !== a.probe),
      );
      if (!only || overHttp.length === 0) return [];
      // It distinguished the valid token from a forged one: neither its key nor the transport is wrong.
      if (
        responsesOf(refusal, observations).some(
          ({ distinction }) => distinction === 'verified' || distinction === 'layers',
        )
      )
        return [];
      return [
        {
          participants: [name],
          facts: {
            accepts: distinct(overHttp.map(describeAttempt)),
            refuses: distinct(refused.map(describeAttempt)),
          },
        },
      ];
    });
  },
  message: ({ participants }) =>
    `${participants[0]} accepts a valid token over HTTP and rejects it over WebSocket.`,
  fix: ({ participants }) =>
    `Look at where the WebSocket of ${participants[0]} reads its secret, and at what arrives there: does the proxy in front of it pass the token on, is it where the WebSocket looks for it (\`via\`), and does the handshake need an \`Origin\` header?`,
};
