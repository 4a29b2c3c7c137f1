import { Option } from 'commander';
import type { Io } from '../system/io.js';
import {
  allowEmulatorOption,
  allowHostsOption,
  colorOption,
  configOption,
  noCommandsOption,
} from './check-flags.js';
import { durationFlag, numberFlag, prettyOrJson, styleOf } from './flags.js';

/** The flags that all commands have that act on an environment, as commander parses them. */
export interface ActionOptions {
  config?: string;
  environment?: string;
  commands: boolean;
  allowHosts?: string;
  allowEmulator?: boolean;
  timeout?: string;
  deadline?: string;
  concurrency?: string;
  format: string;
  color?: string;
  quiet?: boolean;
}

/** These flags by topic, each after the command's own ones. @param verb `fix`, `rotate` */
export function actionGroups(
  verb: string,
  own: { readonly how: readonly Option[]; readonly quiet: string; readonly print?: readonly Option[] },
): Readonly<Record<string, readonly Option[]>> {
  return {
    [`What to ${verb}:`]: [
      configOption(),
      new Option('-e, --environment <environment>', 'which of its environments'),
    ],
    [`How to ${verb}:`]: [
      ...own.how,
      noCommandsOption(),
      allowHostsOption(),
      allowEmulatorOption(),
      new Option('--timeout <duration>', 'for one request (default 5s)'),
      new Option('--deadline <duration>', 'for one check (default 30s)'),
      new Option('--concurrency <n>', 'requests under way at once (default 32)'),
    ],
    'What to print:': [
      new Option('-f, --format <form>', 'pretty or json').default('pretty'),
      colorOption(),
      new Option('-q, --quiet', own.quiet),
      ...(own.print ?? []),
    ],
  };
}

/** Parses these flags. @throws UsageError */
export function actionFlags(given: ActionOptions & { verbose?: boolean }, io: Io) {
  return {
    config: given.config,
    environment: given.environment,
    allowEmulator: given.allowEmulator === true,
    timeoutMs: durationFlag('timeout', given.timeout),
    deadlineMs: durationFlag('deadline', given.deadline),
    concurrency: numberFlag('concurrency', given.concurrency, 1, 10_000),
    format: prettyOrJson(given.format),
    style: styleOf(given, io),
  };
}
