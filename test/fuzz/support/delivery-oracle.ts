import type { Settlement } from '../../../src/monitor/delivery/settlement.js';
import type { DriftEvent } from '../../../src/monitor/monitor-model.js';
import { must } from './target.js';
import type { Script } from './wire.js';

/** What must hold for the events of one notifier, by what its server saw. */

export type Kind = 'slack' | 'pagerduty' | 'alertmanager' | 'webhook';

/** One try to send, as the server saw it. */
export interface Try {
  readonly event: number;
  readonly at: number;
  readonly status: number | null;
}

/** The status of an answer that HTTP allows; `null` for what may be read in more than one way. */
export function plainStatus({ status, framing, end, headers }: Script): number | null {
  const code = /^HTTP\/1\.1 ([2-5]\d\d) \w*$/.exec(status)?.[1];
  const isPlain =
    end === 'close' && framing === 'length' && headers.every(([name]) => name === 'retry-after');
  return code === undefined || !isPlain ? null : Number(code);
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;
const isFinal = (status: number): boolean =>
  status >= 400 && status < 500 && ![408, 425, 429].includes(status);

/** Between two tries at least, as the server sees them; it may see one late. Milliseconds. */
const leastPause = 150;

export interface Told {
  readonly settled: Map<string, Settlement>;
  readonly pending: Set<string>;
}

export function mustBeDelivered(
  kind: Kind,
  tries: readonly Try[],
  told: Told,
  name: string,
  events: readonly DriftEvent[],
): void {
  const log = () => `${name}: ${JSON.stringify(tries)} ${JSON.stringify([...told.settled])}`;
  for (const [index, { id }] of events.entries()) {
    const own = tries.filter((one) => one.event === index);
    const settlement = told.settled.get(`${name} ${id}`);
    must(
      (settlement === undefined) === told.pending.has(`${name} ${id}`),
      () => `event ${index} is lost or settled and waits: ${log()}`,
    );
    // Alertmanager has what is open repeated after that.
    const last = own[(settlement?.tries ?? own.length) - 1]?.status ?? null;
    if (settlement?.result === 'sent')
      must(own.length > 0 && (last === null || isSuccess(last)), () => `sent without a 2xx: ${log()}`);
    if (settlement?.result === 'gave-up')
      must(last === null || isFinal(last), () => `given up without a 4xx: ${log()}`);
    if (kind === 'alertmanager') continue;
    must(
      settlement === undefined || settlement.tries === own.length,
      () => `tried again, or less often than counted: ${log()}`,
    );
    const early = own
      .slice(0, -1)
      .find(({ status }) => status !== null && (isSuccess(status) || isFinal(status)));
    must(early === undefined, () => `sent again after ${early?.status}: ${log()}`);
    const pauses = own.slice(1).map(({ at }, before) => at - (own[before]?.at ?? 0));
    must(
      pauses.every((pause) => pause >= leastPause),
      () => `tried again after ${Math.min(...pauses)} ms: ${log()}`,
    );
  }
  const order = tries.map((one) => one.event);
  must(
    kind === 'alertmanager' || order.every((one, at) => at === 0 || one >= (order[at - 1] ?? 0)),
    () => `out of order: ${log()}`,
  );
}
