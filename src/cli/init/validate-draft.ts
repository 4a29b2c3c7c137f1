import { checkNames } from '../../config/check/check-names.js';
import { parseConfig } from '../../config/parse/parse.js';
import { problemsOf } from '../../config/problems.js';
import { configSchema } from '../../config/schema.js';
import { ConfigError } from '../../errors.js';
import { formatPath } from '../../schema/path.js';

/**
 * Parses and validates a configuration before it is written. Its variables need not be set yet.
 * @throws ConfigError with every problem
 */
export async function validate(text: string, path: string): Promise<void> {
  const { tree, problems: unread } = await parseConfig(text, path);
  const parsed = configSchema.safeParse(tree);
  const issues = parsed.success ? [] : problemsOf(parsed.error.issues, { tree, isExpanded: () => false });
  const names = checkNames({ tree, isExpanded: () => false, isUnresolved: () => false });
  const problems = [...unread, ...issues, ...names];
  if (problems.length === 0) return;
  throw new ConfigError(
    path,
    problems.map((problem) => ({ path: formatPath(problem.path), message: problem.message })),
  );
}
