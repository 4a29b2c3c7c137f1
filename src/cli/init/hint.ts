/** Something that a file or a variable tells: names, never values. `from` says where, fit to be found, not yet to be shown. */
export type Clue =
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

export type ClueOf<Is extends Clue['is']> = Extract<Clue, { is: Is }>;

/** The clues of one kind, in the order in which they were found. */
export function cluesOf<Is extends Clue['is']>(clues: readonly Clue[], is: Is): ClueOf<Is>[] {
  return clues.filter((clue): clue is ClueOf<Is> => clue.is === is);
}
