// The program of the thread that sends the requests of a large check; `threaded.ts` starts it and talks with it.
import { parentPort, workerData } from 'node:worker_threads';
import type { Network } from './network.js';
import { openNetwork } from './open.js';
import { type Answered, gathering, type Order, type ThreadOptions } from './thread-messages.js';

const options: ThreadOptions = workerData;
const labels = new Map<string, string>();
const lasting = openNetwork({
  env: options.env,
  folder: options.folder,
  label: (path) => labels.get(path) ?? '…',
  ...(options.retries === undefined ? {} : { retries: options.retries }),
  ...(options.keepMs === undefined ? {} : { keepMs: options.keepMs }),
});
const checks = new Map<number, { readonly network: Network; readonly ending: AbortController }>();
const answer = gathering<Answered>((list) => parentPort?.postMessage(list));

async function carryOut(order: Order): Promise<void> {
  if (order.is === 'check') {
    const ending = new AbortController();
    const network = lasting.during(ending.signal, order.concurrency);
    checks.set(order.check, { network, ending });
    return;
  }
  const check = checks.get(order.check);
  if (check === undefined) return;
  if (order.is === 'abort') {
    checks.delete(order.check);
    return check.ending.abort();
  }
  for (const [path, label] of order.labels ?? []) labels.set(path, label);
  const outcome = await check.network.request(order.request);
  const { id } = order;
  if (!outcome.ok) return answer({ id, outcome });
  const body = new Uint8Array(outcome.value.body);
  answer({ id, outcome: { ok: true, value: { ...outcome.value, body } } });
}

parentPort?.on('message', (orders: readonly Order[]) => {
  for (const order of orders) void carryOut(order);
});
parentPort?.postMessage([]);
