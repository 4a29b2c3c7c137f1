import { Option } from 'commander';
import { checkFlagsOf, collect } from '../../check-flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';
import type { InitFlags } from './run.js';

const groups = () => ({
  'What to check:': [
    new Option('-e, --environment <name>', 'name of the environment'),
    new Option('--project <project>', 'Google Cloud project of the secret'),
    new Option('--secret <name[:version]>', 'name of the secret in Secret Manager; never its value'),
    new Option('--dotenv <path:key>', 'entry of a dotenv file that is the reference'),
    new Option('--service <name=url>', 'service with a fingerprint endpoint (repeatable)').argParser(collect),
    new Option('--probe <name=url>', 'URL of a service that requires a token (repeatable)').argParser(
      collect,
    ),
    new Option('--websocket <name=url>', 'WebSocket that requires a token (repeatable)').argParser(collect),
    new Option('--test-env <names>', 'variables from which tests read the secret, separated by commas'),
    new Option('--token-env <name>', 'variable with the token for fingerprint endpoints'),
  ],
  'How to write it:': [
    new Option('-y, --yes', 'ask nothing: use flags, and detected values for the rest'),
    new Option('--print', 'print it instead of writing it'),
    new Option('-o, --output <path>', 'file to write (default .jwtcheckrc.json)'),
    new Option('--yaml', 'YAML instead of JSON'),
    new Option('--force', 'replace an existing file'),
    new Option('--no-guess', 'do not scan this folder for names'),
  ],
});

export function initCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  const page = root
    .command('init')
    .description('create a configuration: asks on a terminal, otherwise uses flags')
    .describe({
      examples: [
        { line: 'jwtcheck init', description: 'scan, ask, show, write' },
        { line: 'jwtcheck init --print', description: 'print it, based on detected values' },
        {
          line: 'jwtcheck init -y --project my-project --secret jwt-secret',
          description: 'for scripts: flags, and detected values',
        },
        {
          line: 'jwtcheck init -y --dotenv .env:JWT_SECRET --service api=http://localhost:3000',
          description: 'without a cloud',
        },
      ],
      notes: [
        'Names, ports and hosts come from Compose files, Kubernetes and Cloud Run manifests, dotenv files and the configuration of gcloud. Only names of secrets are read, never values.',
        'A service URL without a path gets the path /internal/jwt-fingerprint.',
      ],
      exits: allExits,
      exitWords: {
        0: 'done; if the first check was run: consistent',
        1: 'the first check is inconsistent',
        2: 'usage or configuration error: nothing was written or checked',
        3: 'the first check is inconclusive',
      },
    });
  for (const [group, options] of Object.entries(groups())) {
    for (const option of options) page.addOption(option.helpGroup(group));
  }
  page.action(async (flags: InitFlags) => {
    const { init } = await import('./run.js');
    const firstCheck = async (config: string) => {
      const { check } = await import('../check/run.js');
      return check(await checkFlagsOf({ config, probes: true, followUp: true, commands: true }, io), io);
    };
    setExitCode(await init(flags, io, firstCheck));
  });
}
