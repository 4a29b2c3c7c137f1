// The program of the thread that sends the requests of a large check; `network-thread.ts` starts it.
import { parentPort } from 'node:worker_threads';
import type { Network, PersistentNetwork } from './network.js';
import { openNetwork } from './open.js';
import { type Answered, gathering, type Order } from './thread-messages.js';

const labels = new Map<string, string>();
const checks = new Map<number, { readonly network: Network; readonly ending: AbortController }>();
let persistent: PersistentNetwork | null = null;
// Modules that are needed later, loaded while no request waits.
void import('./undici.js');
const answer = gathering<Answered>((list) => parentPort?.postMessage(list));

function carryOut(order: Order): void {
  if (order.is === 'open') {
    persistent = openNetwork({ ...order.options, label: (path) => labels.get(path) ?? '…' });
  } else if (order.is === 'check') {
    const ending = new AbortController();
    const network = persistent?.forCheck(ending.signal, order.concurrency);
    if (network !== undefined) checks.set(order.check, { network, ending });
  } else if (order.is === 'abort') {
    checks.get(order.check)?.ending.abort();
    checks.delete(order.check);
  } else {
    for (const [path, label] of order.labels ?? []) labels.set(path, label);
    const { id, check, request } = order;
    send(id, checks.get(check)?.network.request(request)).catch((error) => answer({ id, error }));
  }
}

async function send(id: number, sending: ReturnType<Network['request']> | undefined): Promise<void> {
  const outcome = await sending;
  if (outcome === undefined) return;
  if (!outcome.ok) return answer({ id, outcome });
  const { body, ...head } = outcome.value;
  answer({ id, outcome: { ok: true, value: { ...head, body: new Uint8Array(body) } } });
}

/** Orders carried out at a time; then answers are looked for, so that they need not wait until hundreds are sent. */
const portion = 16;

const orders: Order[] = [];
let busy = false;

function work(): void {
  orders.splice(0, portion).forEach(carryOut);
  busy = orders.length > 0;
  if (busy) setImmediate(work);
}

parentPort?.on('message', (more: readonly Order[]) => {
  orders.push(...more);
  if (!busy) work();
});
// It runs.
parentPort?.postMessage([]);
