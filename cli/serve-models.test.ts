import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { checkConformance } from '../bench/open-inference/conformance.js';
import { createAccessKeyFile } from '../featurestore/http/signature/index.js';
import { packModel, writeModelFolder } from '../test/serving/model-folders.js';
import { startServing, thoracle } from '../test/thoracle.js';

let root = '';
const at = (...names: readonly string[]): string => join(root, ...names);
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'thoracle-serve-models-'));
  await writeModelFolder(at('models', 'lung'));
  await packModel(at('models', 'lung'), at('models', 'packed.tar.gz'));
  writeFileSync(
    at('endpoints.yaml'),
    '- EndpointName: both\n  ProductionVariants:\n    - { VariantName: a, ModelName: lung }\n    - { VariantName: b, ModelName: packed }\n',
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('thoracle serve', () => {
  test('a folder of models, endpoints of variants, signed requests', async () => {
    const key = await createAccessKeyFile(at('keys.ini'), 'read');
    const options = ['--models', at('models'), '--model-memory', '100', '--endpoints', at('endpoints.yaml')];
    const server = await startServing(...options, '--access-keys', at('keys.ini'), '--port', '0');
    onTestFinished(async () => void (await server.stop()));
    const clientOf = (secretAccessKey: string) =>
      new SageMakerRuntimeClient({
        region: 'local',
        endpoint: server.url,
        maxAttempts: 1,
        credentials: { accessKeyId: key.accessKeyId, secretAccessKey },
      });
    const ask = (client: SageMakerRuntimeClient) =>
      client.send(new InvokeEndpointCommand({ EndpointName: 'both', Body: 'Age\n60', ContentType: 'text/csv' }));
    const client = clientOf(key.secretAccessKey);
    const replies = [await ask(client), await ask(client)];
    expect(replies.map((reply) => reply.InvokedProductionVariant)).toEqual(['a', 'b']);
    expect(replies[0]?.Body.transformToString()).toBe(replies[1]?.Body.transformToString());
    await expect(ask(clientOf('another'))).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect((await checkConformance(server.url, 'lung')).filter(({ failure }) => failure !== undefined)).toEqual([]);
    const { code, stderr } = await server.stop();
    expect([code, stderr]).toEqual([0, expect.not.stringContaining(key.secretAccessKey)]);
  });

  test('a model.tar.gz; SIGTERM answers what is under way and takes no more', async () => {
    const server = await startServing('--model', at('models', 'packed.tar.gz'), '--port', '0');
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    const head = 'POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 6\r\n\r\n';
    socket.write(`${head}Age`);
    await new Promise((done) => setTimeout(done, 200));
    const ended = server.stop();
    await new Promise((done) => setTimeout(done, 200));
    await expect(fetch(`${server.url}/ping`)).rejects.toThrow();
    const reply = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
    socket.write('\n60');
    expect(await reply).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*\r\n\r\n0\.\d+$/i);
    expect((await ended).code).toBe(0);
  });

  test.each<[string, (at: (name: string) => string) => readonly string[], RegExp]>([
    ['no such model', (file) => ['--model', file('nothing')], /manifest\.json cannot be read: there is no such file/],
    [
      'endpoints that are none',
      (file) => ['--models', file('models'), '--endpoints', file('bad.yaml')],
      /bad\.yaml cannot be used: it is no list/,
    ],
    ['no such endpoints', (file) => ['--models', file('models'), '--endpoints', file('none.yaml')], /none\.yaml/],
    ['no such keys', (file) => ['--models', file('models'), '--access-keys', file('none.ini')], /none\.ini/],
    ['memory of nothing', (file) => ['--models', file('models'), '--model-memory', '0'], /model-memory/],
  ])('refused in one sentence: %s', async (_what, options, message) => {
    writeFileSync(at('bad.yaml'), 'endpoints: 7\n');
    const { code, stderr } = await thoracle('serve', '--port', '0', ...options(at));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/ {4}at /);
  });
});
