/** A name found in a file or variable, never a value. `from` is its location, not sanitized yet. */
export type Hint =
  | { readonly is: 'project'; readonly project: string; readonly from: string }
  | {
      readonly is: 'secret';
      readonly secret: string;
      /** `latest`, or a number. */
      readonly version: string;
      readonly project: string | null;
      /** `true` if it is in Secret Manager; otherwise the name may exist there. */
      readonly sure: boolean;
      readonly from: string;
    }
  | {
      readonly is: 'service';
      readonly name: string;
      /** Its address from this machine, if the file contains one. */
      readonly url: string | null;
      /** One of its variables looks like that of a JWT secret. */
      readonly holds: boolean;
      readonly from: string;
    }
  | { readonly is: 'variable'; readonly name: string; readonly from: string }
  | { readonly is: 'entry'; readonly path: string; readonly key: string; readonly from: string };

export type HintOf<Is extends Hint['is']> = Extract<Hint, { is: Is }>;

/** The hints of one kind, in the order in which they were found. */
export function hintsOf<Is extends Hint['is']>(clues: readonly Hint[], is: Is): HintOf<Is>[] {
  return clues.filter((clue): clue is HintOf<Is> => clue.is === is);
}
