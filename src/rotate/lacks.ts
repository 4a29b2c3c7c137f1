import type { KeyName, KeyUse, PresentedToken, RotationParticipant } from '../rotation/key-use.js';

/** Why a condition does not hold, for one participant, or for the whole where `participant` is `null`. */
export interface Lack {
  readonly participant: string | null;
  readonly probe?: string | undefined;
  readonly instance?: string | undefined;
  /** In words that go after the participant's name. */
  readonly what: string;
  /**
   * `refuted`: the opposite was seen. `not-yet`: it lags, which takes time to change. `unproved`: no clear answer;
   * only this can be trusted (`--trust`).
   */
  readonly is: 'refuted' | 'not-yet' | 'unproved';
}

/** A key in a sentence. */
const tokensOf = (key: KeyName, isBackdated = false): string =>
  key === 'forged' ? 'forged tokens' : `${isBackdated ? 'backdated ' : ''}tokens of version ${key}`;

/** What keeps the verifiers' probes from giving `expected` for tokens of a key; otherwise the lack is `contrary`. */
export function everyProbe(
  use: KeyUse,
  key: KeyName,
  isBackdated: boolean,
  expected: 'accepted' | 'rejected',
  contrary: 'refuted' | 'not-yet',
): Lack[] {
  const of = (one: RotationParticipant, probe: string): PresentedToken[] =>
    use.presented.filter((token) => token.participant === one.name && token.probe === probe);
  return use.participants
    .filter((one) => one.isVerifier)
    .flatMap((one) =>
      one.probes.flatMap((probe) => {
        const all = of(one, probe);
        // A token type that the probe was asked with, with any key, has to be asked with this one. Forged tokens stand for all types.
        const types =
          key === 'forged' ? [null] : [...new Set(all.filter(isOfVersion).map((t) => t.tokenType))];
        return (types.length === 0 ? [null] : types).flatMap((type) => {
          const asked = all.filter(
            (token) =>
              token.key === key &&
              token.isBackdated === isBackdated &&
              (key === 'forged' || token.tokenType === type),
          );
          return answerLacks(one.name, probe, asked, { key, isBackdated, type, expected, contrary });
        });
      }),
    );
}

const isOfVersion = (token: PresentedToken): boolean => token.key !== 'forged';

interface Expectation {
  readonly key: KeyName;
  readonly isBackdated: boolean;
  readonly type: string | null;
  readonly expected: 'accepted' | 'rejected';
  readonly contrary: 'refuted' | 'not-yet';
}

function answerLacks(
  participant: string,
  probe: string,
  asked: readonly PresentedToken[],
  { key, isBackdated, type, expected, contrary }: Expectation,
): Lack[] {
  const tokens = `${tokensOf(key, isBackdated)}${type === null ? '' : ` (${type})`}`;
  if (asked.length === 0)
    return [{ participant, probe, what: `was not asked with ${tokens}`, is: 'unproved' }];
  const other = expected === 'accepted' ? 'rejected' : 'accepted';
  const wrong = asked.filter(({ outcome }) => outcome === other);
  if (wrong.length > 0)
    return instancesOf(wrong).map((instance) => ({
      participant,
      probe,
      instance,
      what: `${other === 'rejected' ? 'rejects' : 'accepts'} ${tokens}`,
      is: contrary,
    }));
  return instancesOf(asked.filter(({ outcome }) => outcome === 'inconclusive')).map((instance) => ({
    participant,
    probe,
    instance,
    what: `gave no clear answer to ${tokens}`,
    is: 'unproved',
  }));
}

/** Every participant with each of its replicas that is in a list. */
export const instancesBy = (
  list: readonly { readonly participant: string; readonly instance: string | null }[],
): (readonly [string, string | undefined])[] =>
  [...new Set(list.map(({ participant }) => participant))].flatMap((participant) =>
    instancesOf(list.filter((one) => one.participant === participant)).map(
      (instance) => [participant, instance] as const,
    ),
  );

const instancesOf = (list: readonly { readonly instance: string | null }[]): (string | undefined)[] => [
  ...new Set(list.map(({ instance }) => instance ?? undefined)),
];

/** Replicas that say themselves that they lack a key, whether or not a token reached them. */
export function statedWithout(
  { participants, stated, unread = [] }: KeyUse,
  version: number,
  isPatient: boolean,
): Lack[] {
  const verifiers = new Set(participants.filter((one) => one.isVerifier).map((one) => one.name));
  // A key that could not be read has no fingerprint that could be in a list.
  if (unread.includes(version)) return [];
  const without = stated.filter((one) => verifiers.has(one.participant) && !one.accepts.includes(version));
  // A replica that was asked several times is named once.
  return instancesBy(without).map(([participant, instance]) => ({
    participant,
    instance,
    what: `does not list version ${version} among the keys it accepts`,
    is: isPatient ? 'not-yet' : 'refuted',
  }));
}

/** What keeps an issuer from signing with a version, and with no other. */
export function signerLacks(
  use: KeyUse,
  { name, canMint }: RotationParticipant,
  version: number,
  contrary: 'refuted' | 'not-yet',
): Lack[] {
  const signed = use.signed.filter((token) => token.participant === name);
  const isComparable = (use.unread ?? []).length === 0;
  const others = signed.filter(({ key }) => key !== version);
  const wrong = [...new Set(others.map(({ key }) => key))].flatMap((key) =>
    instancesOf(others.filter((token) => token.key === key)).map(
      (instance): Lack => ({
        participant: name,
        instance,
        what:
          key !== null
            ? `signs with version ${key}`
            : isComparable
              ? 'signs with a key that no version of the secret holds'
              : 'signs with a key that could not be compared, because a version could not be read',
        // It may be the right key; it cannot be trusted either.
        is: key === null ? (isComparable ? 'refuted' : 'not-yet') : contrary,
      }),
    ),
  );
  if (wrong.length > 0) return wrong;
  if (signed.some(({ proof }) => proof === 'token')) return [];
  // The fingerprint of the key that it signs with is all that an issuer without a mint endpoint can show.
  if (signed.length > 0 && !canMint) return [];
  return [{ participant: name, what: 'showed no token that it signed', is: 'unproved' }];
}
