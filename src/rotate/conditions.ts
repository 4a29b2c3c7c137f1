import type { KeyUse } from '../rotation/key-use.js';
import { everyProbe, instancesBy, type Lack, signerLacks, statedWithout } from './lacks.js';

export type { Lack } from './lacks.js';

/** What one check has to show. Pure: the same check gives the same lacks. */
export interface Condition {
  readonly name: string;
  /** @param isPatient what takes time to change may still lag; a condition that must hold from the first moment on ignores it */
  lacks(use: KeyUse, isPatient: boolean): readonly Lack[];
}

/** The same condition, which takes no time to become true: its contrary refutes at once. */
export const always = ({ name, lacks }: Condition): Condition => ({
  name,
  lacks: (use) => lacks(use, false),
});

/** Every verifier accepts tokens of this version, at every probe and replica that was asked, with every token type. */
export const accepts = (version: number, name = 'accepts-key'): Condition => ({
  name,
  lacks: (use, isPatient) => [
    ...everyProbe(use, version, false, 'accepted', isPatient ? 'not-yet' : 'refuted'),
    ...statedWithout(use, version, isPatient),
  ],
});

/** Every verifier rejects forged tokens: where all tokens are accepted, an accepted one proves nothing. */
export const rejectsForged: Condition = {
  name: 'rejects-forged',
  lacks: (use) => everyProbe(use, 'forged', false, 'rejected', 'refuted'),
};

/** Every verifier rejects tokens of this version, backdated ones too. */
export const rejectsRetired = (version: number): Condition => ({
  name: 'rejects-retired',
  lacks: (use, isPatient) =>
    [false, true].flatMap((isBackdated) =>
      everyProbe(use, version, isBackdated, 'rejected', isPatient ? 'not-yet' : 'refuted'),
    ),
});

/** Every issuer signs with this version. */
export const signsWith = (version: number): Condition => ({
  name: 'signs-with-key',
  lacks: (use, isPatient) =>
    use.participants
      .filter((one) => one.isIssuer)
      .flatMap((one) => signerLacks(use, one, version, isPatient ? 'not-yet' : 'refuted')),
});

/** No issuer was seen to sign with this version. */
export const noSignerOf = (version: number): Condition => ({
  name: 'no-signer-of-key',
  lacks: (use) =>
    instancesBy(use.signed.filter(({ key }) => key === version)).map(([participant, instance]) => ({
      participant,
      instance,
      what: `signs with version ${version}`,
      is: 'refuted',
    })),
});

/** Every verifier can be asked at all. */
export const hasProbes: Condition = {
  name: 'verifiers-proved',
  lacks: ({ participants }) =>
    participants
      .filter((one) => one.isVerifier && one.probes.length === 0)
      .map((one) => ({
        participant: one.name,
        what: 'has no probe, so it cannot be proved which keys it accepts',
        is: 'unproved',
      })),
};

/** The check as a whole found every participant on the same key. */
export const isConsistent: Condition = {
  name: 'consistent',
  lacks: ({ verdict }) =>
    verdict === 'consistent'
      ? []
      : [
          {
            participant: null,
            what: `the check is ${verdict}`,
            is: verdict === 'inconsistent' ? 'refuted' : 'unproved',
          },
        ],
};

/** No issuer follows `latest`: it would sign with the new version before any verifier accepts it. */
export const noLatest: Condition = {
  name: 'no-latest',
  lacks: ({ participants }) =>
    participants
      .filter((one) => one.isIssuer && one.binding === 'latest')
      .map((one) => ({
        participant: one.name,
        what: 'follows `latest`, so it would sign with the new version at once: let it follow the alias instead',
        is: 'refuted',
      })),
};

/** No deployment names this version: once disabled, it could not be read when an instance starts (encore#2202). */
export const noPins = (version: number): Condition => ({
  name: 'no-pins',
  lacks: ({ participants }) =>
    participants
      .filter((one) => one.binding === String(version))
      .map((one) => ({
        participant: one.name,
        what: `still names version ${version} in its deployment, and could not start once it is disabled`,
        is: 'refuted',
      })),
});
