import type { RemedyStep, StoreCommands } from '../model.js';

/*
 * Remedies contain commands to paste into a shell. Those of a document may have been changed by anyone who can write it:
 * only commands that jwtcheck itself would write are kept.
 */

/** One word as `shellWord` writes it: plain characters, single quotes, or a variable in double quotes. */
const word = String.raw`(?:[A-Za-z0-9_@%+=:,./-]|'[^']*'|\\'|"\$\{[A-Za-z_][A-Za-z0-9_]*\}")+`;
const place = `--project=${word}(?: --location=${word})?`;

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);

const access = `gcloud secrets versions access (?:\\d+|latest) --secret=${word} ${place}`;
const patterns: Readonly<Record<keyof StoreCommands, RegExp>> = {
  read: whole(access),
  readToFile: whole(`${access} --out-file=`),
  write: whole(`gcloud secrets versions add ${word} ${place} --data-file=-`),
  cloudRunFlags: whole(`--update-secrets=JWT_SECRET=${word} ${place}`),
};

/** The commands of a store; `null` if one of them is not as jwtcheck writes it. */
export function fitStoreCommands(commands: StoreCommands): StoreCommands | null {
  const { cloudRunFlags } = commands;
  const isFit =
    patterns.read.test(commands.read) &&
    patterns.readToFile.test(commands.readToFile) &&
    patterns.write.test(commands.write) &&
    (cloudRunFlags === null || patterns.cloudRunFlags.test(cloudRunFlags));
  return isFit ? commands : null;
}

/** Commands that only sign in, read, or give the permission to read. */
const steps = whole(
  `gcloud (?:${[
    'auth application-default (?:login|set-quota-project)',
    'services enable secretmanager\\.googleapis\\.com',
    'secrets (?:list|versions list|versions access|versions enable|versions add|add-iam-policy-binding)',
  ].join('|')})(?: ${word})*(?: --member="serviceAccount:EMAIL")?`,
);

/** A step of a remedy; any other command becomes a text that cannot be mistaken for one. */
export const fitStep = (command: string): RemedyStep =>
  steps.test(command) ? { command } : { text: 'See the documentation of the store.' };

/** Pipes that undo a change of bytes. */
const filters: ReadonlySet<string> = new Set([
  "sed 's/^.//; s/.$//'",
  "tr -d '\\r'",
  "tr -d '[:space:]'",
  'tail -c +4',
  'cut -d= -f2-',
]);

export const fitFilter = (filter: string): boolean =>
  filter === '' || filter.split(' | ').every((one) => filters.has(one));
