import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOver } from '../../src/monitor/event-types.js';
import type { DriftEvent, MonitorState } from '../../src/monitor/monitor-model.js';
import { readStateFile } from '../../src/monitor/state/state-file.js';
import { startServer } from './http-server.js';
import { configOf, participant, startService, variable } from './service.js';
import { startWatch, until, type Watching } from './watched.js';
import { numbers } from './week-of-history.js';

const key = 'a sound key of more than thirty-two bytes';
const otherKey = 'another key, just as long as the first one';

/** One request that a webhook got, whole. */
export interface Told {
  readonly event: DriftEvent;
  /** Which life of the watch sent it. */
  readonly run: number;
}

export interface Survived {
  readonly kills: number;
  /** The events that the webhook received, in order. */
  readonly told: readonly Told[];
  readonly state: MonitorState;
  readonly historyFile: string;
  /** The output on standard error, run by run. */
  readonly said: readonly string[];
}

/** A moment at which a watch is killed. */
type Moment = (scene: { watching: Watching; heard: () => number; answered: () => number }) => Promise<void>;

/**
 * Kills a real `jwtcheck watch` repeatedly, while a service alternates between the right key and another. Then lets it
 * run a consistent check and exit normally. Its webhook is slow now and then.
 */
export async function survive(
  folder: string,
  { kills, failureThreshold, seed }: { kills: number; failureThreshold: number; seed: number },
): Promise<Survived> {
  const random = numbers(seed);
  const service = await startService(key);
  const told: Told[] = [];
  /** Ids of events whose delivery was acknowledged. */
  const answered = new Set<string>();
  const hook = await startServer(async (request, response) => {
    let body = '';
    try {
      for await (const chunk of request) body += String(chunk);
    } catch {
      return; // Interrupted while it arrived: it was not delivered.
    }
    const event: DriftEvent = JSON.parse(body);
    told.push({ event, run: Number(request.headers['x-run']) });
    // Slow now and then, so that many kills happen during a delivery.
    if (random() < 0.4) await sleep(random() * 250);
    response.writeHead(204).end();
    answered.add(event.id);
  });
  const config = configOf(
    { auth_service: { role: 'issuer', ...participant(service) } },
    {
      timeout: '20s',
      watch: {
        interval: '100ms',
        jitter: '0s',
        failureThreshold,
        successThreshold: failureThreshold,
        remindEvery: '1s',
        listen: 'none',
        notify: [{ kind: 'webhook', url: `${hook.origin}/hook`, headers: { 'X-Run': `\${RUN}` } }],
      },
    },
  );
  await writeFile(join(folder, '.jwtcheckrc.json'), JSON.stringify(config));
  const stateFile = join(folder, '.jwtcheck/state.json');
  const stateNow = (): Promise<MonitorState> => readStateFile(stateFile);

  // Drifts and recovers repeatedly, independent of the checks.
  let flipping = true;
  let held = key;
  const flips = (async () => {
    while (flipping) {
      await sleep(150 + random() * 900);
      held = held === key ? otherKey : key;
      if (flipping) service.hold(held);
    }
  })();

  const moments: readonly Moment[] = [
    // At a random moment, including during the start.
    () => sleep(random() * 600),
    async ({ watching }) => {
      await until(
        'a check',
        () => watching.stderr().includes('consistent') || watching.child.exitCode !== null,
      );
      await sleep(random() * 400);
    },
    async ({ heard }) => {
      const before = heard();
      await until('the webhook is told of something new', () => heard() > before);
      await sleep(random() * 10);
    },
    async ({ answered }) => {
      const before = answered();
      await until('the webhook answered', () => answered() > before);
      await sleep(random() * 10);
    },
  ];

  const said: string[] = [];
  const lives: Watching[] = [];
  const live = (run: number): ReturnType<typeof startWatch> => {
    const watching = startWatch(['-v'], { cwd: folder, env: { [variable]: key, RUN: `${run}` } });
    lives.push(watching);
    return watching;
  };
  try {
    for (let run = 0; run < kills; run++) {
      const watching = live(run);
      const closed = once(watching.child, 'close');
      const moment = moments[run % moments.length];
      await moment?.({ watching, heard: () => distinct(told).length, answered: () => answered.size });
      const { exitCode } = watching.child;
      if (exitCode !== null) throw new Error(`it ended by itself with ${exitCode}: ${watching.stderr()}`);
      watching.child.kill('SIGKILL');
      await closed;
      said.push(watching.stderr());
      // Intact after each kill; missing only if the first kill came before the first write.
      await stateNow().catch((error: unknown) => {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
      });
    }
    flipping = false;
    await flips;
    service.hold(key);
    const last = live(kills);
    const isSettled = ({ unsent, open, environments }: MonitorState): boolean =>
      unsent.length === 0 && open.length === 0 && (environments.staging?.good ?? 0) >= failureThreshold;
    // Its own checks, not those of an earlier run.
    const looked = () => last.stderr().includes('consistent');
    for (let looks = 0; !looked() || !(await stateNow().then(isSettled, () => false)); looks += 1) {
      if (looks === 2000) throw new Error(`it does not come to rest: ${last.stderr()}`);
      await sleep(50);
    }
    const { code } = await last.end('SIGTERM');
    said.push(last.stderr());
    if (code !== 143) throw new Error(`it ended with ${code}: ${last.stderr()}`);
    const historyFile = join(folder, '.jwtcheck/history.ndjson');
    return { kills, told, state: await stateNow(), historyFile, said };
  } finally {
    flipping = false;
    await flips;
    await lives.at(-1)?.end('SIGKILL');
    await service.close();
    await hook.close();
  }
}

/**
 * Events that were repeated but should not have been. Only the last delivery before a kill may be repeated, once, by
 * the next run, with no other event in between.
 */
export function wronglyRepeated(told: readonly Told[]): readonly Told[] {
  return told.filter(({ event }, index) => {
    const first = told.findIndex((other) => other.event.id === event.id);
    const before = told[index - 1];
    return first < index && !(before?.event.id === event.id && before.run < (told[index]?.run ?? 0));
  });
}

/** The same without repeated events. */
export function distinct(told: readonly Told[]): readonly DriftEvent[] {
  return [...new Map(told.map(({ event }) => [event.id, event])).values()];
}

const opening: ReadonlySet<string> = new Set([
  'drift-detected',
  'participant-unreachable',
  'monitor-degraded',
]);

/** Incidents that are not begun once, first, and ended once, last. */
export function brokenIncidents(events: readonly DriftEvent[]): readonly string[] {
  return [...new Set(events.map(({ incident }) => incident))].flatMap((incident) => {
    const all = events.filter((event) => event.incident === incident);
    const begins = all.map(({ type }) => opening.has(type));
    const ends = all.map((event) => isOver(event));
    const sound = begins.lastIndexOf(true) === 0 && ends.indexOf(true) === all.length - 1;
    return sound ? [] : [`${incident}: ${all.map(({ type }) => type).join(', ')}`];
  });
}

/** Drifts that began before the one before them was over. */
export function overlapping(events: readonly DriftEvent[]): readonly string[] {
  const drifts = events.filter(({ type }) => type.startsWith('drift-'));
  return drifts
    .filter((event, index) => {
      const before = drifts[index - 1];
      const changes = before !== undefined && before.incident !== event.incident;
      return changes && !isOver(before);
    })
    .map(({ incident }) => incident);
}
