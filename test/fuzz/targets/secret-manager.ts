import fc from 'fast-check';
import type { Report } from '../../../src/model.js';
import { startTcpServer } from '../../support/http-server.js';
import { configOf, fingerprint, variable } from '../../support/service.js';
import {
  type ApiAnswer,
  accessAnswers,
  dataOf,
  grpcAnswer,
  listAnswers,
  restBytes,
} from '../support/api-answers.js';
import { everyFormat, mustBeConfirmed, mustBeReported } from '../support/check-oracles.js';
import { runCommand } from '../support/command.js';
import { startGrpcServer } from '../support/grpc-server.js';
import { mustHoldNoSecret, SeenLines } from '../support/oracles.js';
import { requestIn } from '../support/raw-server.js';
import { must, type Target } from '../support/target.js';

/*
 * Whatever answers in the place of Secret Manager, over REST and gRPC, through the real client and a whole check:
 *
 * - the exit code is 0, 1 or 3, the same as in the report, and nothing is on standard error but that it is an emulator;
 * - the reference's fingerprint is that of a payload that was sent whole, with the right checksum or without one; wherever
 *   the checksum is wrong, there is none, and the verdict is never consistent;
 * - the version in the report is one that the API named;
 * - of any payload and of any variable, no eight characters can be read back from any format, in whichever way the API
 *   repeats them in its errors;
 * - what is printed acts upon no terminal and no pipeline; it is what the format says it is.
 */

interface Case {
  readonly transport: 'rest' | 'grpc';
  /** What answers to a read, the first time and later, and to a list. */
  readonly access: ApiAnswer;
  readonly later: ApiAnswer;
  readonly list: ApiAnswer;
  /** What the other participant holds. */
  readonly held: 'right' | 'other';
  readonly version: string;
}

const inputs: fc.Arbitrary<Case> = fc.record({
  transport: fc.constantFrom('rest', 'rest', 'grpc'),
  access: accessAnswers,
  later: accessAnswers,
  list: listAnswers,
  held: fc.constantFrom('right', 'other'),
  version: fc.constantFrom('latest', 'latest', '7', 'live'),
});

const payloads = { right: 'fW8"kZ3&+xQ6/ä<vM1=jR9?tB4 nHs7Lp', other: 'Yc5.uD2-gT7_eK0~aP9wVb3Xm6Zh8Jq1' };
const project = 'rG4-exp-nT8zQ1';

function mustFitTheApi({ reference, verdict }: Report, { access, later }: Case): void {
  const sent = [access, later].filter((answer) => answer.is === 'version');
  const right = sent
    .filter(({ crc }) => crc === 'right' || crc === 'absent')
    .map((answer) => dataOf(answer, payloads));
  // What else a service may send by chance is no version, but for a message whose fields are all unknown.
  const fingerprints = right.map((data) => fingerprint(data ?? Buffer.alloc(0)));
  const shown = reference?.fingerprint ?? null;
  const version = reference?.version ?? null;
  must(
    version === null || sent.some(({ name }) => name.endsWith(version)),
    () => `a version that nobody named: ${version}`,
  );
  must(
    shown === null || fingerprints.includes(shown),
    () => `the fingerprint ${shown}, and none of those that were sent`,
  );
  must(
    verdict !== 'consistent' ||
      shown === fingerprint(payloads.right) ||
      shown === fingerprint(payloads.other),
    () => verdict,
  );
}

export const secretManager: Target<Case> = {
  name: 'secret-manager',
  cases: 150,
  lanes: 6,
  inputs,
  open: async () => {
    const seen = new SeenLines();
    const worlds = new Map<string, { input: Case; reads: number }>();
    let count = 0;

    /** The answer to a read or a list of the secret that this resource name is for. */
    const answerTo = (isList: boolean, resource: string): ApiAnswer | null => {
      const world = worlds.get(/\/secrets\/(c\d+)/.exec(resource)?.[1] ?? '');
      if (world === undefined) return null;
      if (isList) return world.input.list;
      world.reads += 1;
      return world.reads === 1 ? world.input.access : world.input.later;
    };
    const secretIn = (resource: string): string => /projects\/[^/]+\/secrets\/c\d+/.exec(resource)?.[0] ?? '';
    const repeatable = (head: string) => ({
      token: payloads.other,
      head,
      body: '',
      secret: payloads.right,
      variable: project,
      fingerprint: fingerprint(payloads.right),
    });

    const rest = await startTcpServer((socket) => {
      socket.on('data', (bytes) => {
        const asked = requestIn(bytes);
        const answer = asked === null ? null : answerTo(!asked.path.includes(':access'), asked.path);
        if (asked === null || answer === null) return void socket.destroy();
        const sent = restBytes(answer, secretIn(asked.path), repeatable(asked.head), payloads);
        if (answer.is === 'raw' && answer.script.end !== 'keep') socket.end(sent);
        else socket.write(sent);
      });
    });
    const grpc = await startGrpcServer((method, name) => {
      const answer = answerTo(method === 'list', name);
      return answer === null
        ? { code: 5, details: '' }
        : grpcAnswer(answer, secretIn(name), repeatable(name), payloads);
    });

    return {
      async run(input) {
        const id = `c${count++}`;
        worlds.set(id, { input, reads: 0 });
        const { transport, version, held } = input;
        const endpoint = transport === 'rest' ? rest.origin : grpc.endpoint;
        const source = {
          kind: 'google-secret-manager',
          project: `\${PROJECT}`,
          secret: id,
          version,
          transport,
          endpoint,
        };
        const config = configOf({ api: { source } }, { timeout: '1s' });
        const { participants } = config.environments.staging;
        const ran = await runCommand({
          args: [...everyFormat, '-v'],
          files: {
            '.jwtcheckrc.json': JSON.stringify({
              ...config,
              environments: { staging: { reference: 'api', participants } },
            }),
          },
          env: { [variable]: payloads[held], PROJECT: project },
        });
        worlds.delete(id);
        mustHoldNoSecret(ran.outputs, [payloads.right, payloads.other, project], seen);
        const report = mustBeReported(ran);
        mustBeConfirmed(report);
        mustFitTheApi(report, input);
      },
      close: async () => {
        grpc.close();
        await rest.close();
      },
    };
  },
};
