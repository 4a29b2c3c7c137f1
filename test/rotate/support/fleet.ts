import type { SecretView } from '../../../src/rotate/transitions.js';
import type {
  KeyUse,
  PresentedToken,
  RotationParticipant,
  SignedToken,
} from '../../../src/rotation/key-use.js';

/** How a service differs from one that follows the aliases and reads them again now and then. */
export type Quirk =
  | 'none'
  /** Signs with the newest version there is. */
  | 'follows-latest'
  /** Reads the old version by its number whenever it starts, too. */
  | 'pins-old'
  /** Never forgets a key. */
  | 'hoards'
  /** Reads the secret once, when it starts, and never starts again. */
  | 'never-reads-again'
  /** Holds one key, and accepts every token for a while after it has started. */
  | 'open-while-starting'
  /** Signs with the key before the one in use, as long as it does not start again. */
  | 'behind'
  /** Reads every alias by a call of its own, so that it may see a mixture of two states. */
  | 'reads-alias-by-alias';

export interface ServicePlan {
  readonly isIssuer: boolean;
  readonly isVerifier: boolean;
  readonly replicas: number;
  /** Milliseconds between two reads of the secret. */
  readonly readsEvery: number;
  /** Of a replica, within one tick. */
  readonly restartChance: number;
  readonly quirk: Quirk;
  /** Whether a check sees what it accepts and signs. */
  readonly isProbed: boolean;
}

export const tick = 5_000;

/** How long a change of an alias takes at most to reach a reader; less than `settle` of the tests. */
export const propagation = 55_000;

/** For this long a service that opens itself while it starts does so. */
const openFor = 400_000;

/** Numbers in [0, 1), always the same for a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type AliasFilter = (aliases: ReadonlyMap<string, number>) => ReadonlyMap<string, number>;

/** The secret with its past: aliases are eventually consistent, versions by number are not. */
export class SimulatedSecret {
  view: SecretView;
  readonly #past: { readonly at: number; readonly aliases: ReadonlyMap<string, number> }[] = [];

  readonly #seen: AliasFilter;

  /** @param seen what readers get of the aliases that are written */
  constructor(view: SecretView, seen: AliasFilter = (aliases) => aliases) {
    this.view = view;
    this.#seen = seen;
    this.#past.push({ at: Number.NEGATIVE_INFINITY, aliases: seen(view.aliases) });
  }

  write(view: SecretView, now: number): void {
    if (view.aliases !== this.view.aliases) this.#past.push({ at: now, aliases: this.#seen(view.aliases) });
    this.view = view;
  }

  /** Any state of the aliases that was the present one within the time that a change takes. */
  aliases(now: number, random: () => number): ReadonlyMap<string, number> {
    const first = this.#past.findLastIndex(({ at }) => at <= now - propagation);
    const choice = first + Math.floor(random() * (this.#past.length - first));
    return this.#past[choice]?.aliases ?? this.view.aliases;
  }

  isEnabled(version: number): boolean {
    return this.view.versions.some(({ number, state }) => number === version && state === 'ENABLED');
  }
}

class Replica {
  signs: number | null = null;
  accepts = new Set<number>();
  #nextRead: number;
  #openUntil = 0;
  readonly name: string;
  readonly plan: ServicePlan;
  readonly #secret: SimulatedSecret;
  readonly #random: () => number;

  constructor(name: string, plan: ServicePlan, secret: SimulatedSecret, random: () => number) {
    this.name = name;
    this.plan = plan;
    this.#secret = secret;
    this.#random = random;
    this.#nextRead = random() * plan.readsEvery;
    this.#read(0, true);
    if (plan.quirk === 'behind') this.signs = (this.signs ?? 0) - 1;
  }

  live(now: number): void {
    const { quirk, restartChance, readsEvery } = this.plan;
    if (quirk !== 'never-reads-again' && this.#random() < restartChance) {
      this.#openUntil = quirk === 'open-while-starting' ? now + openFor : 0;
      this.#read(now, true);
    } else if (now >= this.#nextRead && readsAgain(quirk)) {
      this.#nextRead = now + readsEvery * (0.5 + this.#random());
      this.#read(now, false);
    }
  }

  takes(key: number | 'forged', now: number): boolean {
    if (now < this.#openUntil) return true;
    return key !== 'forged' && this.accepts.has(key);
  }

  #read(now: number, isStart: boolean): void {
    const { quirk } = this.plan;
    const read = (): ReadonlyMap<string, number> => this.#secret.aliases(now, this.#random);
    const atOnce = read();
    const named = ['current', 'next', 'previous'].map((alias) =>
      (quirk === 'reads-alias-by-alias' ? read() : atOnce).get(alias),
    );
    const [current, ...others] = named.map((version) =>
      version !== undefined && this.#secret.isEnabled(version) ? version : null,
    );
    if (isStart && quirk === 'pins-old' && !this.#secret.isEnabled(2)) {
      this.signs = null;
      this.accepts = new Set();
      return;
    }
    if (current === null || current === undefined) return;
    this.signs =
      quirk === 'follows-latest' ? Math.max(...this.#secret.view.versions.map((v) => v.number)) : current;
    const known = quirk === 'open-while-starting' ? [current] : [current, ...others];
    const kept = quirk === 'hoards' ? [...this.accepts] : quirk === 'follows-latest' ? [this.signs] : [];
    this.accepts = new Set([...known.filter((version) => version !== null), ...kept]);
  }
}

const readsAgain = (quirk: Quirk): boolean =>
  !['never-reads-again', 'open-while-starting', 'behind'].includes(quirk);

interface Service {
  readonly name: string;
  readonly plan: ServicePlan;
  readonly replicas: readonly Replica[];
}

/** Issuers and verifiers under constant traffic. */
export class Fleet {
  readonly services: readonly Service[];
  /** Until when a token of a key can be valid. */
  readonly validUntil = new Map<number, number>();
  readonly #life: number;
  readonly #random: () => number;
  readonly #missed = new Set<Replica>();

  constructor(
    plans: readonly ServicePlan[],
    secret: SimulatedSecret,
    { life, random }: { life: number; random: () => number },
  ) {
    this.#life = life;
    this.#random = random;
    this.services = plans.map((plan, index) => ({
      name: `service-${index}`,
      plan,
      replicas: Array.from(
        { length: plan.replicas },
        (_, replica) => new Replica(`${index}-${replica}`, plan, secret, random),
      ),
    }));
  }

  /** One tick of life: reads, restarts, and a token of every issuer's replica. */
  live(now: number): void {
    for (const { plan, replicas } of this.services)
      for (const replica of replicas) {
        replica.live(now);
        if (plan.isIssuer && replica.signs !== null) this.validUntil.set(replica.signs, now + this.#life);
      }
  }

  /** The first valid token that a verifier rejects now, in words. */
  outage(now: number): string | null {
    const valid = [...this.validUntil].filter(([, until]) => until > now).map(([key]) => key);
    for (const { name, plan, replicas } of this.services)
      if (plan.isVerifier)
        for (const replica of replicas)
          for (const key of valid)
            if (!replica.takes(key, now)) return `${name} (${replica.name}) rejects version ${key} at ${now}`;
    return null;
  }

  /** Whether a verifier still accepts a key. */
  opensWith(key: number, now: number): boolean {
    return this.services.some(
      ({ plan, replicas }) => plan.isVerifier && replicas.some((replica) => replica.takes(key, now)),
    );
  }

  /**
   * One check, which takes up to four ticks: every service is looked at in one of them. It may miss replicas, but none
   * twice in a row: that is what two checks are for.
   * @returns what goes on with it at every tick, and has what was seen once it is over
   */
  check(keys: Keys): (now: number) => KeyUse | null {
    const waiting = new Map(this.services.map((service) => [service, Math.floor(this.#random() * 4)]));
    const seen: ServiceUse[] = [];
    let startedAt: number | null = null;
    return (now) => {
      startedAt ??= now;
      for (const [service, ticks] of waiting) {
        if (now < startedAt + ticks * tick) continue;
        waiting.delete(service);
        seen.push(this.#look(service, now, keys));
      }
      if (waiting.size > 0) return null;
      return {
        startedAt,
        endedAt: now,
        verdict: seen.every(({ isConsistent }) => isConsistent) ? 'consistent' : 'inconsistent',
        participants: this.services.map(participantOf),
        presented: seen.flatMap(({ presented }) => presented),
        signed: seen.flatMap(({ signed }) => signed),
        stated: [],
      };
    };
  }

  #look({ name, plan, replicas }: Service, now: number, { from, to }: Keys): ServiceUse {
    const met = replicas.filter((replica) => this.#missed.has(replica) || this.#random() < 0.5);
    const seen = met.length > 0 ? met : replicas.slice(0, 1);
    for (const replica of replicas)
      if (seen.includes(replica)) this.#missed.delete(replica);
      else this.#missed.add(replica);
    const signers = plan.isIssuer && plan.isProbed ? seen.flatMap(({ signs }) => signs ?? []) : [];
    const verifiers = plan.isVerifier && plan.isProbed ? seen : [];
    const keys = [
      ['forged', false],
      [from, false],
      [from, true],
      ...(to === null ? [] : [[to, false] as const]),
    ] as const;
    return {
      isConsistent:
        signers.every((key) => key === from) &&
        verifiers.every((replica) => replica.takes(from, now) && !replica.takes('forged', now)),
      signed: signers.map((key) => ({
        participant: name,
        instance: null,
        tokenType: 'access',
        key,
        lifeMs: null,
        proof: 'token',
      })),
      presented: verifiers.flatMap((replica) =>
        keys.map(([key, isBackdated]) => ({
          participant: name,
          probe: 'http',
          instance: null,
          tokenType: key === 'forged' ? null : 'access',
          key,
          isBackdated,
          outcome: replica.takes(key, now) ? ('accepted' as const) : ('rejected' as const),
        })),
      ),
    };
  }
}

interface Keys {
  readonly from: number;
  readonly to: number | null;
}

interface ServiceUse {
  readonly presented: readonly PresentedToken[];
  readonly signed: readonly SignedToken[];
  readonly isConsistent: boolean;
}

function participantOf({ name, plan }: Service): RotationParticipant {
  const { quirk, isIssuer, isVerifier, isProbed } = plan;
  const binding = quirk === 'follows-latest' ? 'latest' : quirk === 'pins-old' ? '2' : 'current';
  return {
    name,
    isIssuer,
    isVerifier,
    probes: isVerifier && isProbed ? ['http'] : [],
    canMint: isIssuer,
    binding,
  };
}
