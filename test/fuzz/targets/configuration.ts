import fc from 'fast-check';
import { runCommand } from '../support/command.js';
import { configurationTexts } from '../support/configurations.js';
import { hidden, variables } from '../support/example-configurations.js';
import { mustBeHarmless, mustCommandNothing, mustHoldNoSecret, SeenLines } from '../support/oracles.js';
import { excerpt, must, type Target } from '../support/target.js';

/*
 * Any text as a configuration, through the loader, `config validate`, `config show` and `check --dry-run`:
 *
 * - the exit code is 0 or 2: never an internal error, never a stack trace;
 * - what is refused is explained on standard error, what is right on standard output, and nothing is on both;
 * - `config show` prints JSON; a configuration that validates can be shown and tried without contacting anything;
 * - nothing of a variable's value can be read back from what is printed;
 * - what is printed acts upon no terminal and no pipeline, and does not grow beyond what the text can explain;
 * - the time grows with the text, and no faster.
 */

/** A piece that is repeated, for what grows. */
interface Repeated {
  readonly before: string;
  readonly unit: string;
  readonly after: string;
}

interface Case {
  readonly text: string;
  readonly file: string;
  readonly commands: readonly (readonly string[])[];
  readonly repeated: Repeated | null;
}

const dry = ['check', '--dry-run'];

const inputs: fc.Arbitrary<Case> = fc.record({
  text: configurationTexts,
  file: fc.constantFrom('.jwtcheckrc', '.jwtcheckrc.json', '.jwtcheckrc.yaml'),
  commands: fc.constantFrom(
    [
      ['config', 'validate'],
      ['config', 'show'],
    ],
    [['config', 'show', '-e', 'staging']],
    [['config', 'validate', '-e', 'staging'], dry],
  ),
  repeated: fc.option(
    fc.record({
      before: fc.constantFrom(
        '{"environments": {"x": ',
        '{"a": "',
        '"',
        '[',
        '',
        'a: ',
        `{"currency": "\${`,
        '{"knownFallbacks": [',
      ),
      unit: fc.constantFrom(
        '{"a": ',
        '[',
        '"x",',
        `\${`,
        `\${A:-`,
        '}',
        '{',
        '\\',
        '/*',
        '//\n',
        ' ',
        '\n- ',
        'a: &a\n',
        '"k": 1,',
        '{{',
        '{{base64:',
        '\u202e',
        '::',
        '$$',
      ),
      after: fc.constantFrom('', '"}', '}', ']'),
    }),
    { freq: 60 },
  ),
});

/** Repetitions of a piece, and four times as many. */
const times = 4000;

/** Where the longer text takes less than this, nothing grows too fast. Milliseconds. */
const noTime = 400;

async function mustBeLinear({ before, unit, after }: Repeated, file: string): Promise<void> {
  const took = async (count: number): Promise<number> => {
    const started = performance.now();
    await runCommand({
      args: ['config', 'validate', '-c', file],
      files: { [file]: before + unit.repeat(count) + after },
    });
    return performance.now() - started;
  };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const long = await took(4 * times);
    if (long < noTime || long / (await took(times)) < 10) return;
  }
  must(false, () => `four times as much of ${JSON.stringify(unit)} takes ten times as long`);
}

export const configuration: Target<Case> = {
  name: 'configuration',
  cases: 700,
  lanes: 1,
  inputs,
  open: async () => {
    const seen = new SeenLines();
    return {
      async run({ text, file, commands, repeated }) {
        if (repeated !== null) return mustBeLinear(repeated, file);
        const codes: number[] = [];
        for (const args of commands) {
          const { code, stdout, stderr, outputs } = await runCommand({
            args,
            files: { [file]: text },
            env: variables,
          });
          codes.push(code);
          must(code === 0 || code === 2, () => `exit code ${code}`);
          must(stdout === '' || code === 0, () => `exit code 2, and on standard output: ${excerpt(stdout)}`);
          must(code === 0 || stderr !== '', () => 'exit code 2 without a word');
          must(stderr.length <= 65_536, () => `${stderr.length} characters on standard error`);
          must(
            stdout.length <= 65_536 + 40 * text.length,
            () => `${stdout.length} characters for ${text.length}`,
          );
          for (const [where, output] of Object.entries(outputs)) {
            mustBeHarmless(where, output);
            mustCommandNothing(where, output);
          }
          mustHoldNoSecret(outputs, hidden, seen);
          if (args[1] === 'show' && code === 0) JSON.parse(stdout);
        }
        const [validated, second] = codes;
        must(
          validated !== 0 || commands[0]?.[1] !== 'validate' || second === 0,
          () => `it validates, but ${commands[1]?.join(' ')} refuses it`,
        );
      },
      close: async () => {},
    };
  },
};
