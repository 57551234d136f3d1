import {
  InvokeEndpointCommand,
  type InvokeEndpointCommandInput,
  ModelError,
  ModelNotReadyException,
  SageMakerRuntimeClient,
  ValidationError,
} from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSignatureVerifier } from '../../../featurestore/http/signature/index.js';
import { ModelHost } from '../../models/model-host.js';
import { createPredictor } from '../../predict/index.js';
import { chain, chainBundle, chainRecords } from '../../reference/chain-bundle.js';
import { type AppOptions, buildApp } from '../app.js';
import type { ServerExtension, ShadowAnswer } from '../extension.js';
import { type Listening, listen } from '../listen.js';
import type { RequestFacts } from '../request-facts.js';
import { parseEndpoints } from './endpoints.js';

const key = { accessKeyId: 'AKCALLER', secretAccessKey: 'caller/secret+key', access: 'read' } as const;
const content = (modelId: string) => ({
  manifest: chainBundle({ modelId }).manifest,
  predictor: createPredictor(chainBundle({ modelId })),
  bytes: 10,
});

const endpoints = await parseEndpoints(
  `
- EndpointName: lung
  ProductionVariants:
    - { VariantName: main, ModelName: one, InitialVariantWeight: 3 }
    - { VariantName: candidate, ModelName: two, InitialVariantWeight: 1 }
    - { VariantName: idle, ModelName: one, ModelVersion: old, InitialVariantWeight: 0 }
  ShadowProductionVariants:
    - { VariantName: next, ModelName: two, InitialVariantWeight: 2 }
    - { VariantName: gone, ModelName: three }
`,
  'endpoints.yaml',
);

const facts: RequestFacts[] = [];
const shadows: ShadowAnswer[] = [];
const record: ServerExtension = {
  name: 'record',
  onResponse: (seen) => void facts.push(seen),
  onShadow: (_facts, answer) => void shadows.push(answer),
};

let server: Listening;
const made: SageMakerRuntimeClient[] = [];

async function serve(options: Partial<AppOptions> = {}): Promise<Listening> {
  const models = new ModelHost({
    read: async (source) => {
      if (source === 'huge') return { ...content('huge'), bytes: 1e9 };
      return content(source);
    },
    locate: async (name) => (['two', 'huge'].includes(name) ? name : undefined),
    memoryLimitBytes: 1000,
  });
  models.add('one', content('one'), { version: 'old' });
  models.add('one', content('one'), { version: 'new', keepOthers: true });
  return listen(buildApp({ models, endpoints, extensions: [record], ...options }), { port: 0 });
}

function clientOf({ url }: Listening, secretAccessKey: string = key.secretAccessKey): SageMakerRuntimeClient {
  const client = new SageMakerRuntimeClient({
    region: 'eu-west-1',
    endpoint: url,
    maxAttempts: 1,
    credentials: { accessKeyId: key.accessKeyId, secretAccessKey },
  });
  made.push(client);
  return client;
}

beforeAll(async () => {
  server = await serve({ verify: createSignatureVerifier({ keys: [key], service: 'sagemaker' }) });
});
afterAll(async () => {
  for (const client of made) client.destroy();
  await server.close();
});

const ask = (input: Partial<InvokeEndpointCommandInput> = {}, client = clientOf(server)) =>
  client.send(new InvokeEndpointCommand({ EndpointName: 'one', Body: 'Age\n60', ContentType: 'text/csv', ...input }));
const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8');

describe("the cloud's own runtime client", () => {
  test('CSV and JSON, as text and as bytes; a model is an endpoint by itself', async () => {
    const csv = await ask();
    expect([csv.ContentType, csv.InvokedProductionVariant, csv.CustomAttributes]).toEqual([
      'text/csv; charset=utf-8',
      'AllTraffic',
      undefined,
    ]);
    const Body = Buffer.from(JSON.stringify({ instances: chainRecords() }));
    const json = await ask({ Body, ContentType: 'application/json', Accept: 'text/csv' });
    for (const [i, p] of textOf(json.Body).split(',').entries()) {
      expect(Math.abs(Number(p) - (chain.probabilities[i] as number))).toBeLessThan(1e-7);
    }
    const lines = await ask({ Body: '{"Age":60}', ContentType: 'application/jsonlines', Accept: 'application/json' });
    expect(JSON.parse(textOf(lines.Body)).predictions[0].probability).toBe(Number(textOf(csv.Body)));
  });

  test('custom attributes come back, the inference id is noted, the caller is known', async () => {
    const reply = await ask({ CustomAttributes: 'trace=1; site=A', InferenceId: 'case-7' });
    expect(reply.CustomAttributes).toBe('trace=1; site=A');
    expect(facts.at(-1)).toMatchObject({
      inferenceId: 'case-7',
      variant: 'AllTraffic',
      model: 'one',
      caller: 'AKCALLER',
    });
  });

  test('variants share requests by weight; one can be asked for; each may be a version', async () => {
    const client = clientOf(server);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 8; i++) {
      const { InvokedProductionVariant = '' } = await ask({ EndpointName: 'lung' }, client);
      counts[InvokedProductionVariant] = (counts[InvokedProductionVariant] ?? 0) + 1;
    }
    expect(counts).toEqual({ main: 6, candidate: 2 });
    const idle = await ask({ EndpointName: 'lung', TargetVariant: 'idle' }, client);
    expect([idle.InvokedProductionVariant, facts.at(-1)?.version]).toEqual(['idle', 'old']);
  });

  test('a target model, loaded when asked for', async () => {
    const reply = await ask({ EndpointName: 'lung', TargetModel: 'two', Accept: 'application/json' });
    expect(JSON.parse(textOf(reply.Body)).model).toBe('two');
  });

  test('shadows answer copies after the reply; one that fails troubles nobody', async () => {
    shadows.length = 0;
    const client = clientOf(server);
    for (let i = 0; i < 4; i++) await ask({ EndpointName: 'lung' }, client);
    while (shadows.length < 2) await new Promise((done) => setTimeout(done, 5));
    await new Promise((done) => setTimeout(done, 20));
    // weight 2 of 4: every second request
    expect(shadows.map(({ variant, model }) => [variant, model.name])).toEqual([
      ['next', 'two'],
      ['next', 'two'],
    ]);
    expect(shadows[0]?.predictions).toEqual(shadows[0]?.production);
  });
});

describe('errors have the names of its classes', () => {
  test('what the model refuses: ModelError with its own status and message', async () => {
    const failure = await ask({ Body: 'Age\nold' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ModelError);
    const { OriginalStatusCode, OriginalMessage = '', message, $metadata } = failure as ModelError;
    expect([OriginalStatusCode, $metadata.httpStatusCode]).toEqual([422, 424]);
    expect(JSON.parse(OriginalMessage).error).toMatchObject({ code: 'PREDICT_NOT_A_NUMBER', row: 1, column: 'Age' });
    expect(message).toBe(
      'Received client error (422) from the model: Row 1, column "Age": found text (3 characters) where a number or nothing (missing) is expected',
    );
    const other = await ask({ ContentType: 'application/x-npy' }).catch((error: unknown) => error);
    expect([other instanceof ModelError, (other as ModelError).OriginalStatusCode]).toEqual([true, 415]);
  });

  test.each<[string, Partial<InvokeEndpointCommandInput>]>([
    ['no such endpoint', { EndpointName: 'nothing' }],
    ['no name of one', { EndpointName: '..%2f..%2fetc' }],
    ['no such variant', { EndpointName: 'lung', TargetVariant: 'other' }],
    ['a shadow is no target', { EndpointName: 'lung', TargetVariant: 'next' }],
    ['no such model', { TargetModel: 'nothing' }],
    ['no name of a model', { TargetModel: '../../etc/passwd' }],
    ['inference id too long', { InferenceId: 'x'.repeat(65) }],
    ['custom attributes too long', { CustomAttributes: 'x'.repeat(1025) }],
    ['container', { TargetContainerHostname: 'second' }],
    ['component', { InferenceComponentName: 'part' }],
    ['explanations', { EnableExplanations: '`true`' }],
    ['session', { SessionId: 'NEW_SESSION' }],
    ['body too large', { Body: Buffer.alloc(7 * 1024 * 1024, '1') }],
  ])('ValidationError: %s', async (_what, input) => {
    const failure = await ask(input).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ValidationError);
    expect((failure as ValidationError).message).not.toMatch(/etc|node_modules|\.ts/);
  });

  test('a model that does not fit now: ModelNotReadyException', async () => {
    await expect(ask({ TargetModel: 'huge' })).rejects.toBeInstanceOf(ModelNotReadyException);
  });

  test('a wrong signature, and none', async () => {
    await expect(ask({}, clientOf(server, 'another secret'))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    });
    const reply = await fetch(`${server.url}/endpoints/one/invocations`, { method: 'POST', body: 'Age\n60' });
    expect([reply.status, reply.headers.get('x-amzn-errortype')]).toEqual([403, 'MissingAuthenticationToken']);
  });

  test('without keys a server takes any signature', async () => {
    const open = await serve();
    expect(textOf((await ask({}, clientOf(open, 'whatever'))).Body)).toMatch(/^0\.\d+$/);
    await open.close();
  });
});
