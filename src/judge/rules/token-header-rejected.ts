import { oneLine } from '../../schema/shell-quote.js';
import { describeAttempt, distinct } from '../phrases.js';
import type { Evidence, Rule } from '../rule.js';
import { topicsOf } from '../topics.js';
import { isProof, provedBy, type Responses, rejections, responsesOf } from './shared/token-rejected.js';

type Facts = ByFollowUp | ByWords;

/** `value`: `null` if the field was omitted. */
type ByFollowUp = {
  readonly probe: string;
  readonly field: 'kid' | 'typ';
  readonly value: string | null;
  readonly acceptedWith: string;
};

type ByWords = {
  readonly probe: string;
  readonly field: string;
  readonly answers: readonly string[];
};

/** The verifier expects another field in the token's header. */
export const tokenHeaderRejected: Rule<Facts> = {
  code: 'token-header-rejected',
  family: 'token-refused',
  severity: 'by-role',
  title: 'The header of the token is rejected',
  explanation:
    'The verifier reads the header of the token before it verifies the signature: it chooses the key by its ID ' +
    '(`kid`, RFC 7515 §4.1.4), or expects a type (`typ`, such as `at+jwt` of RFC 9068). A token with another ID or ' +
    'type is rejected, whichever key signed it, so nothing is known about the secret. Real issuers that rotate their ' +
    'keys set `kid`.',
  example: 'backend_service answers "unknown kid" to every token of jwtcheck, because these have no `kid`.',
  remedy: 'Set `token.header` in the configuration to the header fields of a real token.',
  proof:
    'The answer to a valid token refers to `kid` or `typ`; or the same token with another header was accepted.',
  incidents: [],
  find(observations, comparison) {
    const byFollowUp = provedBy(observations, comparison, 'header').map(
      ({ name, followUps: [followUp] }) => ({
        participants: [name],
        facts: {
          probe: followUp.probe,
          field: followUp.changed.field,
          value: followUp.changed.value,
          acceptedWith: followUp.text,
        },
      }),
    );
    const proved = new Set(byFollowUp.flatMap((e) => e.participants));
    const byWords = rejections(observations, comparison).flatMap((refusal): Evidence<ByWords>[] => {
      const { name } = refusal;
      if (proved.has(name) || observations.followUps.some((t) => t.participant === name && isProof(t)))
        return [];
      const [found] = responsesOf(refusal, observations).flatMap((one) => {
        const field = fieldOf(one);
        return field === null ? [] : [{ ...one, field }];
      });
      if (found === undefined) return [];
      return [
        {
          participants: [name],
          facts: {
            probe: found.probe,
            field: found.field,
            answers: distinct(found.refused.map(describeAttempt)),
          },
        },
      ];
    });
    return [...byFollowUp, ...byWords];
  },
  message({ participants, facts }) {
    const name = participants[0];
    if ('acceptedWith' in facts) {
      return `${name} rejects the header of the token (${facts.probe}): it accepts the same token with ${facts.acceptedWith}.`;
    }
    return facts.field === 'kid'
      ? `${name} chooses its key by the \`kid\` in the token's header and does not know that of this token, if it has one.`
      : `${name} rejects the token for its header: the answer speaks of \`${facts.field}\`.`;
  },
  fix({ participants, facts }) {
    const name = oneLine(participants[0] ?? '');
    if ('acceptedWith' in facts && facts.value === null) {
      return `Remove ${facts.field} from the header of jwtcheck's tokens if real tokens have none: "token": { "header": { ${JSON.stringify(facts.field)}: null } }.`;
    }
    if ('acceptedWith' in facts) {
      return `Set the header that ${name} accepts in the configuration: "token": { "header": { ${JSON.stringify(facts.field)}: ${JSON.stringify(facts.value)} } }.`;
    }
    const field = facts.field === 'kid' ? 'kid' : 'typ';
    return `Read the header of a real token (its first part, base64url) for \`${field}\`, and set the same in the configuration: "token": { "header": { "${field}": "…" } }.`;
  },
};

/** The header field that the answer to a valid token mentions, although no key is proved by it. */
function fieldOf({ valid, distinction }: Responses): string | null {
  return distinction === 'verified' ? null : (topicsOf(valid).header[0] ?? null);
}
