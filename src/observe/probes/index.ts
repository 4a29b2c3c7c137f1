import { http } from './http/http.js';
import { websocket } from './websocket/websocket.js';

/** Every kind of probe. A new one is a file beside these and a line here; schema, types and documentation follow. */
export const probes = { http, websocket } as const;

export type ProbeKind = keyof typeof probes;
