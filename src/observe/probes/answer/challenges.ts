/** One challenge of `WWW-Authenticate` (RFC 9110 §11.6.1). */
export interface Challenge {
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const mostChallenges = 8;
const mostParameters = 16;

/** A token, a quoted string or any other character, with leading spaces. */
const piece = /\s*(?:([!#$%&'*+.^_`|~\w-]+)(\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*)))?|(.))/gsy;

/** Parses the challenges of a field, which may contain several. Invalid parts are skipped. */
export function challengesOf(field: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const [, name, assigned, quoted, plain] of field.matchAll(piece)) {
    if (name === undefined) continue;
    const current = challenges.at(-1);
    if (assigned === undefined) {
      if (challenges.length === mostChallenges) break;
      challenges.push({ scheme: name, parameters: new Map() });
    } else if (current !== undefined && current.parameters.size < mostParameters) {
      current.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/gs, '$1') ?? plain ?? '');
    }
  }
  return challenges;
}

/**
 * Texts of the challenges: `error` and `error_description` (RFC 6750 §3), and the offered schemes.
 * @param presented the scheme in which the token was sent: offering it again says nothing
 */
export function wordsOfChallenges(
  field: string | undefined,
  presented: string,
): Record<'said' | 'shown', string[]> {
  if (field === undefined) return { said: [], shown: [] };
  const challenges = challengesOf(field);
  const errors = challenges.flatMap(({ parameters }) =>
    ['error', 'error_description', 'error_message'].flatMap((name) => parameters.get(name)?.trim() || []),
  );
  const offered = challenges.map(({ scheme, parameters }) => {
    const realm = parameters.get('realm');
    return realm === undefined || realm === '' ? scheme : `${scheme} realm="${realm}"`;
  });
  const others = challenges.filter(({ scheme }) => scheme.toLowerCase() !== presented.toLowerCase());
  const schemes =
    offered.length === 0 || others.length < challenges.length
      ? []
      : [`WWW-Authenticate: ${offered.join(', ')}`];
  return {
    said: [...errors, ...schemes],
    shown: [...errors, ...(schemes.length === 0 || isBearer(others) ? [] : schemes)],
  };
}

const isBearer = (challenges: readonly Challenge[]): boolean =>
  challenges.some(({ scheme }) => /^bearer$/i.test(scheme));
