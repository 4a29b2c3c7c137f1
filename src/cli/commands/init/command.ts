import { Option } from 'commander';
import { checkFlagsOf, collect } from '../../check-flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';
import type { InitFlags } from './run.js';

const groups = () => ({
  'What to check:': [
    new Option('-e, --environment <name>', 'what to call the environment'),
    new Option('--project <project>', 'the Google Cloud project of the secret'),
    new Option('--secret <name[:version]>', 'its name in Secret Manager; never its value'),
    new Option('--dotenv <path:key>', 'the entry of a dotenv file that is right by definition'),
    new Option('--service <name=url>', 'a service with a fingerprint endpoint (repeatable)').argParser(
      collect,
    ),
    new Option('--probe <name=url>', 'a URL of a service that wants a token (repeatable)').argParser(collect),
    new Option('--websocket <name=url>', 'a WebSocket that wants a token (repeatable)').argParser(collect),
    new Option('--test-env <names>', 'variables that tests take the secret from, with commas between'),
    new Option('--token-env <name>', 'the variable with the token that fingerprint endpoints want'),
  ],
  'How to write it:': [
    new Option('-y, --yes', 'ask nothing: flags, and for the rest what is found'),
    new Option('--print', 'print it, write nothing'),
    new Option('-o, --output <path>', 'where to (default .jwtcheckrc.json)'),
    new Option('--yaml', 'YAML instead of JSON'),
    new Option('--force', 'replace what is there'),
    new Option('--no-guess', 'do not look around in this folder'),
  ],
});

export function initCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  const page = root
    .command('init')
    .description('write a configuration: asks on a terminal, elsewhere flags answer')
    .describe({
      examples: [
        { line: 'jwtcheck init', description: 'look around, ask, show, write' },
        { line: 'jwtcheck init --print', description: 'what would be written, from what is found' },
        {
          line: 'jwtcheck init -y --project my-project --secret jwt-secret',
          description: 'for scripts: flags, then what is found',
        },
        {
          line: 'jwtcheck init -y --dotenv .env:JWT_SECRET --service api=http://localhost:3000',
          description: 'without a cloud',
        },
      ],
      notes: [
        'Names, ports and hosts are taken from Compose files, manifests of Kubernetes and Cloud Run, dotenv files and the configuration of gcloud. Of secrets it reads names, never values.',
        'A service without a path in its URL is asked at /internal/jwt-fingerprint.',
      ],
      exits: allExits,
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
