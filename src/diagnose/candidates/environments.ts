import type { CandidateSecret } from '../../observe/candidate.js';
import type { ReferenceRead } from '../../observe/references.js';

/** References of other environments whose secrets could be read. */
export function environmentCandidates(others: readonly ReferenceRead[]): CandidateSecret[] {
  return others.flatMap(({ environment, name, result }): CandidateSecret[] =>
    result.is !== 'secret'
      ? []
      : [
          {
            code: 'wrong-environment',
            of: null,
            undone: false,
            text: `the secret of ${environment}`,
            secret: result.secret,
            facts: { environment, reference: name },
          },
        ],
  );
}
