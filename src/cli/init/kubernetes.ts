import type { JsonValue } from '../../model.js';
import { at, isList, isObject, type Path } from '../../schema/path.js';
import type { Hint } from './hint.js';
import {
  isHost,
  isInfrastructure,
  isSecretId,
  isSecretVersion,
  isServiceName,
  looksLikeJwtSecret,
} from './plain-names.js';

const workloads: ReadonlySet<unknown> = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout']);

/**
 * Extracts names from a manifest: workloads and variables that look like JWT secrets, hosts of Ingress and HTTPRoute,
 * and of Cloud Run services (serving.knative.dev) their secrets in Secret Manager.
 */
export function manifestHints(document: JsonValue, from: string): Hint[] {
  if (!isObject(document)) return [];
  const kind = at(document, ['kind']);
  const group = text(at(document, ['apiVersion']));
  if (kind === 'List') return list(document, ['items']).flatMap((item) => manifestHints(item, from));
  if (kind === 'Service' && group.startsWith('serving.knative.dev/')) return workload(document, from, true);
  if (workloads.has(kind)) return workload(document, from, false);
  if (kind === 'Ingress') return ingress(document, from);
  if (kind === 'HTTPRoute') return route(document, from);
  return [];
}

function workload(document: JsonValue, from: string, cloudRun: boolean): Hint[] {
  const name = text(at(document, ['metadata', 'name']));
  if (!isServiceName(name) || isInfrastructure(name)) return [];
  const containers = list(document, ['spec', 'template', 'spec', 'containers']);
  const variables = containers
    .flatMap((container) => list(container, ['env']))
    .filter((variable) => looksLikeJwtSecret(text(at(variable, ['name']))));
  const url = text(at(document, ['status', 'url']));
  const reached = /^https:\/\/[a-z0-9.-]+\/?$/i.test(url) ? url : null;
  return [
    { is: 'service', name, url: reached, holds: variables.length > 0, from },
    ...variables.flatMap((variable): Hint[] => [
      { is: 'variable', name: text(at(variable, ['name'])), from },
      ...secretRef(at(variable, ['valueFrom', 'secretKeyRef']), from, cloudRun),
    ]),
  ];
}

/**
 * On Cloud Run, `name` is a secret of Secret Manager and `key` its version; on Kubernetes, they are a Secret and its
 * key.
 */
function secretRef(ref: JsonValue | undefined, from: string, cloudRun: boolean): Hint[] {
  const name = text(at(ref, ['name']));
  const key = text(at(ref, ['key']));
  const secret = /^(?:projects\/[^/]+\/secrets\/)?([^/]+)$/.exec(name)?.[1] ?? '';
  if (!isSecretId(secret)) return [];
  const version = cloudRun && isSecretVersion(key) ? key : 'latest';
  return [{ is: 'secret', secret, version, project: null, sure: cloudRun, from }];
}

function ingress(document: JsonValue, from: string): Hint[] {
  return list(document, ['spec', 'rules']).flatMap((rule) => {
    const host = text(at(rule, ['host']));
    return list(rule, ['http', 'paths']).flatMap((path) =>
      reachable(
        text(at(path, ['backend', 'service', 'name']) ?? at(path, ['backend', 'serviceName'])),
        host,
        text(at(path, ['path'])),
        from,
      ),
    );
  });
}

/** API group of the Gateway API (gateway.networking.k8s.io). */
function route(document: JsonValue, from: string): Hint[] {
  const [host] = list(document, ['spec', 'hostnames']);
  return list(document, ['spec', 'rules']).flatMap((rule) =>
    list(rule, ['backendRefs']).flatMap((ref) =>
      reachable(text(at(ref, ['name'])), text(host), text(at(rule, ['matches', 0, 'path', 'value'])), from),
    ),
  );
}

function reachable(name: string, host: string, path: string, from: string): Hint[] {
  if (!isServiceName(name) || !isHost(host)) return [];
  const prefix = /^(\/[\w.~-]+)+$/.test(path) ? path : '';
  return [{ is: 'service', name, url: `https://${host}${prefix}`, holds: false, from }];
}

/** Places where a manifest names a version by its resource: a SecretProviderClass, an annotation. */
export function resourceHints(source: string, from: string): Hint[] {
  const found = source.matchAll(
    /projects\/([a-z0-9.:-]{6,130})\/secrets\/([A-Za-z0-9_-]{1,255})(?:\/versions\/(latest|[1-9]\d*))?(?![\w-])/g,
  );
  return [...found].flatMap(([, project = '', secret = '', version = 'latest']): Hint[] =>
    looksLikeJwtSecret(secret) || /jwt/i.test(secret)
      ? [{ is: 'secret', secret, version, project, sure: true, from }]
      : [],
  );
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function list(value: JsonValue, path: Path): readonly JsonValue[] {
  const found = at(value, path);
  return isList(found) ? found : [];
}
