import { http } from './http.js';
import { websocket } from './websocket/websocket.js';

/**
 * All kinds of probes. A new kind is one file in this folder and one line here. The schema, types and documentation
 * follow.
 */
export const probes = { http, websocket } as const;

export type ProbeKind = keyof typeof probes;
