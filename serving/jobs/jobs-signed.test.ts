import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, expect, test } from 'vitest';
import { createSignatureVerifier } from '../../featurestore/http/signature/index.js';
import { signedFetch } from '../../test/featurestore/sign-request.js';
import { appOf } from '../../test/serving/app.js';
import { listen } from '../http/listen.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { authentication, createApiKey } from '../security/index.js';
import { jobsExtension } from './jobs-extension.js';

const root = mkdtempSync(join(tmpdir(), 'thoracle-signed-jobs-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const keyOf = (name: string) => ({ accessKeyId: name, secretAccessKey: `secret of ${name}`, access: 'read' }) as const;

test('the cloud’s own client makes a job, and asks for it with its signature; others are told of none', async () => {
  const [mine, other] = [keyOf('AKMINE'), keyOf('AKOTHER')];
  const verify = createSignatureVerifier({ keys: [mine, other], service: 'sagemaker' });
  const keyFile = join(root, 'keys.json');
  const { secret } = await createApiKey(keyFile, { name: 'admin', scopes: ['admin'] });
  const guard = await authentication({ keyFile, signedRuntime: true });
  const content = { manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) };
  const jobs = await jobsExtension({ folder: join(root, 'jobs'), verify });
  const server = await listen(appOf(content, { extensions: [jobs, guard], verify }), { port: 0 });
  const client = new SageMakerRuntimeClient({
    region: 'local',
    endpoint: server.url,
    maxAttempts: 1,
    credentials: mine,
  });
  let location = '';
  client.middlewareStack.add(
    (next) => async (args) => {
      (args.request as { headers: Record<string, string> }).headers.prefer = 'respond-async';
      const answer = await next(args);
      location = (answer.response as { headers: Record<string, string> }).headers.location ?? '';
      return answer;
    },
    { step: 'build' },
  );
  try {
    const command = new InvokeEndpointCommand({ EndpointName: 'model', ContentType: 'text/csv', Body: 'Age\n60\n' });
    const taken = await client.send(command);
    expect(JSON.parse(taken.Body.transformToString())).toMatchObject({ status: 'queued', location });
    expect(location).toMatch(/^\/endpoints\/model\/jobs\//);
    const ask = (key: typeof mine, path = '') => signedFetch(key, `${server.url}${location}${path}`);
    let status: unknown;
    while (status !== 'done') status = ((await (await ask(mine)).json()) as { readonly status: string }).status;
    const score = content.predictor.predictRecords([{ Age: 60 }])[0]?.score;
    expect(await (await ask(mine, '/result')).text()).toBe(String(score));
    const others = await ask(other, '/result');
    expect(others.status).toBeGreaterThanOrEqual(400);
    expect(await others.text()).toContain('There is no such job');
    const unsigned = await fetch(`${server.url}${location}`);
    expect(unsigned.status).toBe(403);
    const id = location.split('/').at(-1) ?? '';
    const admin = await fetch(`${server.url}/jobs/${id}/result`, { headers: { authorization: `Bearer ${secret}` } });
    expect(await admin.text()).toBe(String(score));
  } finally {
    client.destroy();
    await server.close();
    guard.close();
  }
});
