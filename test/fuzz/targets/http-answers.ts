import fc from 'fast-check';
import { strictVerifier } from '../../../src/demo/verifier.js';
import type { Report } from '../../../src/model.js';
import { readings } from '../../support/readable.js';
import { configOf, fingerprint, participant, startService, variable } from '../../support/service.js';
import {
  everyFormat,
  mustBeConfirmed,
  mustBeReported,
  mustBeWatched,
  mustNotBlame,
} from '../support/check-oracles.js';
import { runCommand } from '../support/command.js';
import { mustHoldNoSecret, SeenLines } from '../support/oracles.js';
import { type Asked, startRawServer } from '../support/raw-server.js';
import { acceptances, rejections, rightFingerprints, scripts } from '../support/scripts.js';
import { must, type Target } from '../support/target.js';
import { answerOf, type Repeatable, type Script } from '../support/wire.js';

/*
 * Whatever services answer over a bare connection, through a whole check with every control token, and through `watch`:
 *
 * - the exit code is 0, 1 or 3, the same as in the report, and nothing is on standard error;
 * - the verdict is consistent only where the reference was read and everyone who is required agrees with it; where the
 *   bytes that a service sent hold the reference's fingerprint; and where its probes answered 2xx to valid tokens and
 *   something else to all others;
 * - a service that is in order is blamed for nothing, whatever the others say;
 * - of the secret, of a variable and of any token that was sent, no eight characters can be read back from any format,
 *   whichever way they were repeated;
 * - what is printed acts upon no terminal and no pipeline; it is what the format says it is.
 */

/** What a service answers to a valid token, and to all others. */
interface Rule {
  readonly good: Script;
  readonly bad: Script;
}

interface Service {
  readonly fingerprint: Rule | null;
  readonly probes: readonly Rule[];
  readonly mint: Rule | null;
  readonly samples: number;
}

interface Case {
  readonly services: readonly Service[];
  /** The reference is a variable, or the first service. */
  readonly reference: 'env' | 'service';
  readonly mode: 'check' | 'ndjson' | 'pretty';
  readonly flags: readonly string[];
  readonly columns: number;
}

const rules: fc.Arbitrary<Rule> = fc
  .tuple(scripts, fc.option(scripts, { freq: 2 }))
  .map(([good, bad]) => ({ good, bad: bad ?? good }));

const rightFingerprint = rightFingerprints.map((script): Rule => ({ good: script, bad: script }));
const rightAnswers = fc.record({ good: acceptances, bad: rejections });

const services: fc.Arbitrary<Service> = fc.record({
  fingerprint: fc.option(fc.oneof(rules, rightFingerprint), { freq: 5 }),
  probes: fc.array(fc.oneof(rules, rightAnswers), { maxLength: 2 }),
  mint: fc.option(rules, { freq: 1 }),
  samples: fc.constantFrom(1, 1, 2),
});

const inputs: fc.Arbitrary<Case> = fc.record({
  services: fc.array(services, { minLength: 1, maxLength: 2 }),
  reference: fc.constantFrom('env', 'env', 'service'),
  mode: fc.constantFrom('check', 'check', 'check', 'ndjson', 'pretty'),
  flags: fc.constantFrom([], ['-v'], ['--no-follow-up']),
  columns: fc.constantFrom(40, 80, 120),
});

/** What of the world must not be seen. */
const secret = 'kQ7"<vU&9z+jR2/ä%x4=hT8?mW5 pLsX3@nB6';
const expanded = 'Zt5.rY8-bN1_gD6~cF3';

/** A request and what was answered. */
interface Exchange {
  readonly service: number;
  readonly role: string;
  readonly token: string;
  readonly isValid: boolean;
  readonly answer: Buffer;
}

const isSuccess = ({ answer }: Exchange): boolean =>
  /^HTTP\/\d\.\d +2\d\d/.test(answer.toString('latin1').replace(/^HTTP\/1\.1 1\d\d[\s\S]*?\r\n\r\n/, ''));

/** What the bytes on the wire say, beside what the report says. */
function mustFitTheWire(report: Report, input: Case, exchanges: readonly Exchange[]): void {
  if (report.verdict !== 'consistent') return;
  const right = report.reference?.fingerprint?.slice(0, 8) ?? '';
  for (const [index, service] of input.services.entries()) {
    const own = exchanges.filter((one) => one.service === index);
    for (const { role, answer, isValid, token } of own) {
      if (role !== 'fp') continue;
      const holds = readings(answer.toString('latin1'), 1).some((text) => text.toLowerCase().includes(right));
      must(
        holds,
        () =>
          `consistent, and service ${index} never showed ${right}: ${answer.toString('latin1')} ${isValid} ${token}`,
      );
    }
    for (const [at] of service.probes.entries()) {
      const tried = own.filter(({ role }) => role === `p${at}`);
      const valid = tried.filter((one) => one.isValid);
      must(
        valid.length === 0 || valid.some(isSuccess),
        () => `consistent, and service ${index} accepted no valid token`,
      );
      const wrong = tried.find((one) => !one.isValid && isSuccess(one));
      must(
        wrong === undefined,
        () =>
          `consistent, and service ${index} accepted ${wrong?.token || 'no token'}: ${wrong?.answer.toString('latin1')}`,
      );
    }
  }
}

function configuration({ services, reference }: Case, origin: string, honest: object): unknown {
  const url = (index: number, role: string): string => `${origin}/s${index}/${role}/\${EXPANDED}`;
  const of = (service: Service, index: number): Record<string, unknown> => ({
    ...(service.fingerprint === null
      ? {}
      : {
          source: {
            kind: 'http',
            url: url(index, 'fp'),
            headers: { authorization: `Bearer \${EXPANDED}` },
            samples: service.samples,
          },
        }),
    ...(service.fingerprint === null && service.probes.length === 0
      ? { source: { kind: 'env', names: [variable] } }
      : {}),
    probes: service.probes.map((_, at) => ({
      kind: 'http',
      name: `p${at}`,
      url: url(index, `p${at}`),
      ...(at === 0
        ? {}
        : {
            method: 'POST',
            body: { token: '{{token}}', key: `\${EXPANDED}` },
            accepted: { json: { '/valid': 'true' } },
          }),
    })),
    ...(service.mint === null ? {} : { mint: { url: url(index, 'mint') } }),
  });
  const all = Object.fromEntries(services.map((service, index) => [`s${index}`, of(service, index)]));
  const config = configOf(
    { ...all, honest },
    { controls: 'all', timeout: '400ms', watch: { failureThreshold: 1 } },
  );
  const isReference = reference === 'service' && services[0]?.fingerprint !== null;
  return isReference
    ? { ...config, environments: { staging: { ...config.environments.staging, reference: 's0' } } }
    : config;
}

export const httpAnswers: Target<Case> = {
  name: 'http-answers',
  cases: 250,
  lanes: 8,
  inputs,
  open: async () => {
    const honest = await startService(secret);
    const verify = strictVerifier(secret);
    const seen = new SeenLines();
    const worlds = new Map<string, { input: Case; exchanges: Exchange[]; heard: Set<string> }>();
    let count = 0;
    const answer = async ({ path, token, head, body }: Asked) => {
      const [, id = '', index = '', role = ''] = /^\/(\w+)\/s(\d+)\/(\w+)/.exec(path) ?? [];
      const world = worlds.get(id);
      const service = world?.input.services[Number(index)];
      if (world === undefined || service === undefined) return null;
      const rule =
        role === 'fp'
          ? service.fingerprint
          : role === 'mint'
            ? service.mint
            : service.probes[Number(role.slice(1))];
      if (rule === null || rule === undefined) return null;
      const isValid = token !== '' && (await verify(token)) !== null;
      const script = isValid ? rule.good : rule.bad;
      const from: Repeatable = {
        token,
        head,
        body,
        secret,
        variable: expanded,
        fingerprint: fingerprint(secret),
      };
      world.exchanges.push({ service: Number(index), role, token, isValid, answer: answerOf(script, from) });
      if (token !== '') world.heard.add(token);
      return { script, from };
    };
    const server = await startRawServer(answer);
    return {
      async run(input) {
        const here = { input, exchanges: [], heard: new Set<string>() };
        const id = `c${count++}`;
        worlds.set(id, here);
        const files = {
          '.jwtcheckrc.json': JSON.stringify(
            configuration(input, `${server.origin}/${id}`, participant(honest)),
          ),
        };
        const { mode, flags, columns } = input;
        const args =
          mode === 'check'
            ? [...everyFormat, ...flags]
            : ['watch', '--cycles', '1', '--listen', 'none', '-f', mode];
        const ran = await runCommand({
          args,
          files,
          env: { [variable]: secret, EXPANDED: expanded },
          columns,
        });
        worlds.delete(id);
        const { outputs } = ran;
        mustHoldNoSecret(outputs, [secret, expanded, ...here.heard], seen);
        if (mode !== 'check') return mustBeWatched(ran, mode);
        const report = mustBeReported(ran);
        mustBeConfirmed(report);
        mustFitTheWire(report, input, here.exchanges);
        if (report.reference?.participant === 'store') mustNotBlame(report, 'honest');
      },
      close: async () => {
        await Promise.all([server.close(), honest.close()]);
      },
    };
  },
};
