import { type Failure, type ReferenceReading, readSource } from '../../../check/read-reference.js';
import { variableValue } from '../../../secret/variable.js';
import type { Io } from '../../../system/io.js';
import { type Given, withSecret } from './child-env.js';
import { envSourceOf } from './env-participants.js';
import type { Target } from './target.js';

/** Puts the secret into the variable that the participant reads first, and reads it back as the participant would. */
export async function envWithSecret(
  { loaded, participant }: Target,
  { reference, reading: { secret } }: ReferenceReading,
  io: Io,
): Promise<Given | Failure> {
  const source = envSourceOf(loaded, participant ?? '');
  const [variable = ''] = source?.names ?? [];
  const fit = variableValue(secret);
  if (source === null || fit.is === 'unfit')
    return {
      is: 'failed',
      message: `the secret of ${reference} cannot be an environment variable: ${fit.is === 'unfit' ? fit.why : ''}`,
      hint: 'A program reads such a key from a file. jwtcheck does not change it, since that would make another key.',
    };
  const child = withSecret(io.inheritedEnv, source.names, fit.value);
  const read = await readSource(source, loaded, {}, { ...io, env: child.env });
  if (read.is !== 'secret' || !read.secret.equals(secret))
    return {
      is: 'failed',
      message: `${participant} would not read the secret of ${reference} from ${variable}`,
      hint: 'Compare the settings of its source with how its code reads the variable.',
    };
  return { is: 'given', ...child, says: `${variable} is set to` };
}
