/** Something that a file or a variable tells: names, never values. `from` says where, fit to be found, not yet to be shown. */
export type Hint =
  | { readonly is: 'project'; readonly project: string; readonly from: string }
  | {
      readonly is: 'secret';
      readonly secret: string;
      /** `latest`, or a number. */
      readonly version: string;
      readonly project: string | null;
      /** Known to be in Secret Manager; otherwise a name that it could have there, too. */
      readonly sure: boolean;
      readonly from: string;
    }
  | {
      readonly is: 'service';
      readonly name: string;
      /** Where it can be reached from here, as far as that is told. */
      readonly url: string | null;
      /** One of its variables looks like that of a JWT secret. */
      readonly holds: boolean;
      readonly from: string;
    }
  | { readonly is: 'variable'; readonly name: string; readonly from: string }
  | { readonly is: 'entry'; readonly path: string; readonly key: string; readonly from: string };

export type HintOf<Is extends Hint['is']> = Extract<Hint, { is: Is }>;

/** The clues of one kind, in the order in which they were found. */
export function hintsOf<Is extends Hint['is']>(clues: readonly Hint[], is: Is): HintOf<Is>[] {
  return clues.filter((clue): clue is HintOf<Is> => clue.is === is);
}
