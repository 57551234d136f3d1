import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { serveCommand } from '../cli/commands/serve.js';
import { drainMs } from '../cli/commands/serve-drain.js';
import { packageVersion } from '../package-facts.js';
import { buildApp, containerSettings, ModelHost, metricsExtension, type Scope } from '../serving/index.js';
import { createPredictor } from '../serving/predict/index.js';
import { chainBundle } from '../serving/reference/chain-bundle.js';
import { type Manifest, manifestText, typeFindings } from './manifest-types.js';

const documents = parseAllDocuments(manifestText(), { strict: true, uniqueKeys: true }).map((document) => {
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS() as Manifest;
});
const kinds = { Deployment, Service, HorizontalPodAutoscaler, PodDisruptionBudget } as const;

function found<Kind extends keyof typeof kinds>(kind: Kind): InstanceType<(typeof kinds)[Kind]> {
  const all = documents.filter((one) => one.kind === kind);
  expect(all).toHaveLength(1);
  const Class = kinds[kind] as unknown as new (data: unknown) => InstanceType<(typeof kinds)[Kind]>;
  return new Class(all[0]);
}

const deployment = found('Deployment');
const pod = deployment.spec?.template.spec;
const [container, ...others] = pod?.containers ?? [];
const content = { manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) };

describe('the manifest', () => {
  test('holds four documents that their schemas and types accept', () => {
    expect(documents.map(({ kind }) => kind).sort()).toEqual(Object.keys(kinds).sort());
    for (const kind of Object.keys(kinds) as (keyof typeof kinds)[]) found(kind).validate();
    expect(typeFindings(documents)).toEqual([]);
  });

  test('a misspelt field and a wrong type are found', () => {
    const changed = (from: string, to: string) =>
      parseAllDocuments(manifestText().replace(from, to)).map((one) => one.toJS() as Manifest);
    expect(typeFindings(changed('readOnlyRootFilesystem', 'readonlyRootFilesystem')).join()).toContain(
      '\'"readonlyRootFilesystem"\' does not exist',
    );
    const [wrong] = changed('failureThreshold: 60', 'failureThreshold: often');
    expect(() => new Deployment(wrong as never).validate()).toThrow('failureThreshold');
  });

  test('the pod has no rights that it does not need', () => {
    expect(others).toEqual([]);
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    for (const mount of container?.volumeMounts ?? []) expect(mount.readOnly).toBe(true);
    expect(container?.resources).toMatchObject({ requests: { cpu: '1' }, limits: { memory: '512Mi' } });
  });

  test('it starts this version, with options and variables that the server knows, on the port that is announced', () => {
    expect(container?.image).toBe(`thoracle:${packageVersion()}`);
    const [word, ...args] = container?.args ?? [];
    expect(word).toBe('serve');
    const known = serveCommand({ io: process, exit: () => undefined }).options.map(({ long }) => long);
    for (const option of args.filter((arg) => arg.startsWith('--'))) expect(known).toContain(option);
    const read = new Set<string | symbol>();
    const given = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
    const watched = new Proxy(given, {
      get: (target, name) => {
        read.add(name);
        return Reflect.get(target, name);
      },
    });
    const settings = containerSettings(watched);
    for (const name of Object.keys(given)) expect(read).toContain(name);
    expect(container?.ports).toEqual([{ name: 'http', containerPort: settings.port, protocol: 'TCP' }]);
    expect(found('Service').spec?.ports?.[0]?.targetPort).toBe('http');
  });

  test('probes ask open routes of the server', async () => {
    const models = ModelHost.of('model', content);
    const scopes: (Scope | undefined)[] = [];
    const watch = {
      name: 'watch',
      onRequest: (request: { routeOptions: { config: { scope?: Scope } } }) =>
        void scopes.push(request.routeOptions.config.scope),
    };
    const app = buildApp({ models, defaultModel: 'model', extensions: [watch] });
    const probes = [container?.startupProbe, container?.readinessProbe, container?.livenessProbe];
    for (const probe of probes) {
      expect(probe?.httpGet?.port).toBe('http');
      expect((await app.inject(probe?.httpGet?.path ?? '')).statusCode).toBe(200);
    }
    expect(scopes).toEqual(['open', 'open', 'open']);
    await app.close();
  });

  test('the pod is given the time that the server takes to drain', () => {
    const words = container?.lifecycle?.preStop?.exec?.command ?? [];
    const waitMs = Number(/setTimeout\(\(\) => \{\}, (\d+)\)/.exec(words.at(-1) ?? '')?.[1]);
    expect(words.slice(0, 2)).toEqual(['node', '-e']);
    expect(waitMs).toBeGreaterThanOrEqual(1000);
    expect((pod?.terminationGracePeriodSeconds ?? 0) * 1000).toBeGreaterThan(waitMs + drainMs);
  });

  test('the autoscaler follows a gauge that GET /metrics shows; it, the service and the budget mean the same pods', async () => {
    const models = ModelHost.of('model', content);
    const app = buildApp({ models, extensions: [metricsExtension({ models })] });
    const page = (await app.inject('/metrics')).body;
    const { spec } = found('HorizontalPodAutoscaler');
    for (const { pods } of spec?.metrics ?? []) expect(page).toContain(`# TYPE ${pods?.metric.name} gauge`);
    expect(spec?.metrics).toHaveLength(1);
    await app.close();
    expect(spec?.scaleTargetRef).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: deployment.metadata?.name,
    });
    expect(spec?.minReplicas).toBeGreaterThan(Number(found('PodDisruptionBudget').spec?.minAvailable));
    const labels = deployment.spec?.template.metadata?.labels;
    expect(deployment.spec?.selector.matchLabels).toEqual(labels);
    expect(found('Service').spec?.selector).toEqual(labels);
    expect(found('PodDisruptionBudget').spec?.selector?.matchLabels).toEqual(labels);
  });
});
