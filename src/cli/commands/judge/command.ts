import { Option } from 'commander';
import { formatNames } from '../../../report/format-names.js';
import {
  allowEmulatorOption,
  allowHostsOption,
  collect,
  colorOption,
  failOnOption,
  ioFor,
  noCommandsOption,
} from '../../check-flags.js';
import { failOnFlag, styleOf } from '../../flags.js';
import { allExits, type CommandContext, type HelpCommand } from '../../help-command.js';

interface JudgeOptions {
  config?: string;
  format?: string[];
  failOn?: string;
  color?: string;
  quiet?: boolean;
  verbose?: boolean;
  commands: boolean;
  allowHosts?: string;
  allowEmulator?: boolean;
}

export function judgeCommand(root: HelpCommand, { io, setExitCode }: CommandContext): void {
  root
    .command('judge')
    .description('one report from the observations of several runs: check -f observations:FILE')
    .argument('<part...>', 'files, folders (their *.json), or - for standard input')
    .addOption(
      new Option(
        '-c, --config <path>',
        'read the secrets of this configuration, to verify proofs and to find causes that a part without access to the secrets could not',
      ),
    )
    .addOption(noCommandsOption())
    .addOption(allowHostsOption())
    .addOption(allowEmulatorOption())
    .addOption(
      new Option(
        '-f, --format <report[:path]>',
        `${formatNames.join(', ')}; to standard output or a file (repeatable)`,
      ).argParser(collect),
    )
    .addOption(failOnOption())
    .addOption(colorOption())
    .option('-q, --quiet', 'print only the verdict and problems')
    .option('-v, --verbose', 'print everything, without folding')
    .describe({
      examples: [
        { line: 'jwtcheck judge part-1.json part-2.json', description: 'one report from two parts' },
        { line: 'jwtcheck judge parts/ -f pretty -f junit:report.xml', description: 'from a folder' },
        { line: 'cat parts/*.json | jwtcheck judge -', description: 'from standard input' },
        {
          line: 'jwtcheck judge -c .jwtcheckrc.json parts/',
          description: 'also verify proofs, where the secret can be read',
        },
      ],
      notes: [
        'No service is asked. Without --config, nothing is read but the parts.',
        'A missing part makes the verdict inconclusive. Parts of another environment, configuration or version are rejected. Of the same part, the newest is used.',
      ],
      exits: allExits,
    })
    .action(async (paths: string[], options: JudgeOptions) => {
      const { judgeParts } = await import('./run.js');
      const flags = {
        paths,
        config: options.config,
        formats: options.format ?? [],
        failOn: failOnFlag(options.failOn),
        style: styleOf(options, io),
      };
      setExitCode(await judgeParts(flags, ioFor(io, options)));
    });
}
