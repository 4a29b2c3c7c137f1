import type { Secret } from '../../../secret/secret.js';
import { fillToken } from '../../tokens/mint.js';
import type { Probe } from '../probe.js';
import { fillHeaders, fillUrl, hasToken, schemeOf } from '../template.js';
import { defaultSubprotocols, schema, type WebSocketProbe } from './schema.js';
import { type Opening, runSession } from './websocket-session.js';
import { stepsOf } from './websocket-steps.js';

export const websocket: Probe<typeof schema> = {
  schema,
  target: (probe, context) => context.label(probe.url),
  attempt: (probe, token, context) => runSession(probe, openingOf(probe, token), context),
};

/** Where the token is sent. A placeholder anywhere in the configuration replaces the default of `via`. */
function openingOf(probe: WebSocketProbe, token: Secret | null): Opening {
  const { via } = probe;
  const subprotocols = probe.subprotocols ?? (via === 'subprotocol' ? defaultSubprotocols : []);
  const single = probe.message ?? (via === 'message' ? '{{token}}' : undefined);
  const message = probe.messages ?? single;
  const placed = hasToken([probe.url, probe.headers, subprotocols, message]);
  const url = via === 'query' && !placed ? withParameter(probe.url, probe.parameter) : probe.url;
  return {
    url: fillUrl(url, token),
    headers: fillHeaders(probe.headers, token, via === 'header' && !placed),
    subprotocols: subprotocols
      .filter((name) => token !== null || !hasToken(name))
      .map((name) => fillToken(name, token)),
    steps: stepsOf(probe, single, token),
    presented: { token, scheme: placed ? schemeOf(probe.headers) : via === 'header' ? 'Bearer' : '' },
  };
}

function withParameter(url: string, parameter: string): string {
  const [beforeHash = ''] = url.split('#', 1);
  return `${beforeHash}${beforeHash.includes('?') ? '&' : '?'}${encodeURIComponent(parameter)}={{token}}`;
}
