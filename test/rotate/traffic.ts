import type { Scene } from './scene.js';

/** Constant traffic of users: tokens of the issuer, presented to every verifier as long as they are valid. */
export interface Traffic {
  stop(): Promise<{ readonly presented: number; readonly rejected: number }>;
}

interface Held {
  readonly token: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

/** Milliseconds between two rounds. */
const pause = 20;

/** So many seconds before its end a token is not presented any more. */
const margin = 2;

/** @param scene whose participant `auth` issues the tokens that all participants with a probe `me` verify */
export async function startTraffic(scene: Scene): Promise<Traffic> {
  const mintUrl = urlIn(scene.participants.auth, 'mint');
  const urls = Object.values(scene.participants).map((participant) => urlIn(participant, 'probes'));
  let held: Held[] = [];
  let presented = 0;
  let rejected = 0;
  let isOver = false;
  const now = (): number => (Date.now() + scene.clock.ahead) / 1000;
  const round = async (): Promise<void> => {
    const minted: { access_token?: string } = JSON.parse(
      await (await fetch(mintUrl, { method: 'POST' })).text(),
    );
    const token = minted.access_token ?? '';
    const { exp }: { exp?: number } = JSON.parse(
      Buffer.from(token.split('.')[1] ?? '', 'base64url').toString(),
    );
    // The first tokens and the latest ones: long-lived ones are among them.
    held = [...held.slice(0, 5), ...held.slice(5).slice(-5), { token, expiresAt: exp ?? 0 }];
    for (const one of held) {
      for (const url of urls) {
        if (one.expiresAt - margin <= now()) continue;
        const { status } = await fetch(url, { headers: { authorization: `Bearer ${one.token}` } });
        presented += 1;
        if (status !== 200 && one.expiresAt > now()) rejected += 1;
      }
    }
    held = held.filter((one) => one.expiresAt - margin > now());
  };
  const running = (async () => {
    while (!isOver) {
      await round();
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await running;
      return { presented, rejected };
    },
  };
}

function urlIn(participant: unknown, place: 'mint' | 'probes'): string {
  const [, url = ''] =
    (place === 'mint' ? /"mint":\{"url":"([^"]+)"/ : /"kind":"http","name":"me","url":"([^"]+)"/).exec(
      JSON.stringify(participant),
    ) ?? [];
  return url;
}
