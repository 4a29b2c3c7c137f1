import type { Exposure } from '../../model.js';
import { list } from '../phrases.js';
import type { Rule } from '../rule.js';

type Facts = { readonly in: readonly Exposure['where'][]; readonly secretOf?: readonly string[] };

/** A participant shows a secret instead of its fingerprint or a name. */
export const secretExposed: Rule<Facts> = {
  code: 'secret-exposed',
  family: 'hygiene',
  severity: 'critical',
  title: 'A secret is exposed to callers',
  explanation:
    'The participant returns a part of a secret, or all of it, in place of its fingerprint, the name of an ' +
    'instance or a version. A hex secret of 32 to 64 digits looks like a fingerprint and is easily mistaken for one. ' +
    'Every caller can read it, and so can every proxy and log on the way. jwtcheck prints none of it.',
  example: 'The endpoint returns the first 8 characters of the secret instead of its SHA-256.',
  remedy:
    'Replace the secret, and return the first hex digits of its SHA-256. The endpoint kits of jwtcheck do so; with ' +
    '`reveal: "proof"` they return no fingerprint (docs/endpoint.md).',
  proof:
    'The reported value contains a part of a secret that jwtcheck holds, in any encoding, and is not the fingerprint of any.',
  incidents: [],
  find: (observations) =>
    observations.participants.flatMap(({ name, exposes = [] }) => {
      if (exposes.length === 0) return [];
      const whose = [...new Set(exposes.flatMap(({ of }) => of ?? []))];
      return [
        {
          participants: [name],
          facts: {
            in: [...new Set(exposes.map(({ where }) => where))],
            ...(whose.length === 0 ? {} : { secretOf: whose }),
          },
        },
      ];
    }),
  message({ participants, facts }) {
    const secret = facts.secretOf === undefined ? 'a secret' : `the secret of ${list(facts.secretOf)}`;
    return `${list(participants)} shows ${secret} to its callers, as its ${list(facts.in)}.`;
  },
  fix: ({ participants }) =>
    `Fix the endpoint of ${list(participants)}: it must hash the secret before it shows anything. Then replace the secret everywhere, since its callers and their logs have it.`,
};
