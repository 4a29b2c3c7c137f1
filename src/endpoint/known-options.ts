/** The start of the message of every error that this module throws. */
const prefix = 'jwtcheck/endpoint: ';

/** @throws TypeError always; the text must contain no secret */
export function refuse(problem: string): never {
  throw new TypeError(`${prefix}${problem}`);
}

/**
 * Rejects a misspelt name, which would be ignored otherwise. Only the name is shown: the value may be a secret.
 * @param of the options that these belong to, such as `rateLimit.`
 * @throws TypeError for a name that is not known
 */
export function refuseUnknown(given: object, names: Readonly<Record<string, unknown>>, of = ''): void {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(names, name));
  if (unknown !== undefined)
    refuse(
      `\`${of}${unknown}\` is not an option; the options are ${Object.keys(names)
        .map((name) => `${of}${name}`)
        .join(', ')}`,
    );
}

/** Whether a value is missing or has one of the types, as `typeof` gives them, that the text names. */
export function fits(value: unknown, types: string): boolean {
  return value === undefined || (value !== null && types.includes(typeof value));
}
