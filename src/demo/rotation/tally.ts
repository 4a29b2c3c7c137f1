/** How a token is presented. */
export type Transport = 'http' | 'websocket';

/** A token that was presented, and its answer. */
export interface Presentation {
  readonly issuer: string;
  /** The version of the secret that signed it. */
  readonly version: string;
  readonly service: string;
  readonly transport: Transport;
  /** State of the rotation when it was presented. */
  readonly state: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly answeredAt: number;
  /** `none`: no answer, or one that says neither. */
  readonly outcome: 'accepted' | 'rejected' | 'none';
}

/** Numbers of valid tokens. */
export interface Counts {
  readonly presented: number;
  readonly rejected: number;
  readonly unanswered: number;
}

/** The time in which valid tokens were rejected; milliseconds since the epoch. */
export interface RejectionWindow extends Counts {
  readonly from: number;
  readonly until: number;
}

/** Numbers of the tokens that share a property. */
export interface Group extends Counts {
  readonly name: string;
}

/** What was counted. */
export interface TallyResult extends Counts {
  readonly window: RejectionWindow | null;
  readonly byTransport: readonly Group[];
  readonly byIssuer: readonly Group[];
  readonly byService: readonly Group[];
  /** In the order in which they were first seen. */
  readonly byState: readonly (Group & { readonly version: string })[];
  readonly byVersion: readonly (Group & { readonly window: RejectionWindow | null })[];
}

interface Counter {
  presented: number;
  rejected: number;
  unanswered: number;
  from: number | null;
  until: number;
}

const none = (): Counter => ({ presented: 0, rejected: 0, unanswered: 0, from: null, until: 0 });

/**
 * Counts valid tokens: those that an issuer signed and that had not expired when the answer arrived. Of a token that
 * expired on the way, it is not known whether the service still had to accept it; it is not counted.
 */
export class Tally {
  readonly #all = none();
  readonly #groups = new Map<string, Counter>();

  add(presentation: Presentation): void {
    const { issuer, version, service, transport, state, expiresAt, answeredAt } = presentation;
    if (answeredAt >= expiresAt) return;
    const keys = [`t ${transport}`, `i ${issuer}`, `s ${service}`, `v ${version}`, `p ${state} ${version}`];
    for (const counter of [this.#all, ...keys.map((key) => this.#group(key))]) count(counter, presentation);
  }

  get counts(): Counts {
    return countsOf(this.#all);
  }

  result(): TallyResult {
    const groups = (kind: string) =>
      [...this.#groups].flatMap(([key, counter]) => {
        const [first, name = '', version = ''] = key.split(' ');
        return first === kind ? [{ name, version, counter }] : [];
      });
    const named = (kind: string): Group[] =>
      groups(kind).map(({ name, counter }) => ({ name, ...countsOf(counter) }));
    return {
      ...this.counts,
      window: windowOf(this.#all),
      byTransport: named('t'),
      byIssuer: named('i'),
      byService: named('s'),
      byState: groups('p').map(({ name, version, counter }) => ({ name, version, ...countsOf(counter) })),
      byVersion: groups('v').map(({ name, counter }) => ({
        name,
        ...countsOf(counter),
        window: windowOf(counter),
      })),
    };
  }

  #group(key: string): Counter {
    const counter = this.#groups.get(key) ?? none();
    this.#groups.set(key, counter);
    return counter;
  }
}

function count(counter: Counter, { outcome, answeredAt }: Presentation): void {
  counter.presented += 1;
  if (outcome === 'none') counter.unanswered += 1;
  if (outcome !== 'rejected') return;
  counter.rejected += 1;
  counter.from ??= answeredAt;
  counter.until = answeredAt;
}

const countsOf = ({ presented, rejected, unanswered }: Counter): Counts => ({
  presented,
  rejected,
  unanswered,
});

const windowOf = (counter: Counter): RejectionWindow | null =>
  counter.from === null ? null : { from: counter.from, until: counter.until, ...countsOf(counter) };
