import type { Candidate } from '../../observe/candidate.js';
import type { OtherRead } from '../../observe/references.js';

/** References of other environments, as far as their secrets could be read. */
export function environmentCandidates(others: readonly OtherRead[]): Candidate[] {
  return others.flatMap(({ environment, name, result }): Candidate[] =>
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
