import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSignatureVerifier } from '../../featurestore/http/signature/index.js';
import { signedFetch } from '../../test/featurestore/sign-request.js';
import { appOf } from '../../test/serving/app.js';
import { type Listening, listen } from '../http/listen.js';
import type { RequestFacts } from '../http/request-facts.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { createApiKey } from './api-keys.js';
import { authentication } from './authentication.js';

const content = { manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) };
const folder = mkdtempSync(join(tmpdir(), 'thoracle-signed-'));
const accessKey = { accessKeyId: 'AK', secretAccessKey: 'a secret', access: 'read' } as const;
const callers: string[] = [];
let secret = '';
let signing: Listening;
let keysOnly: Listening;

/** A server that asks for API keys, with or without access keys beside them. */
async function serve(keyFile: string, signedRuntime: boolean): Promise<Listening> {
  const guard = await authentication({ keyFile, signedRuntime });
  const watch = { name: 'watch', onResponse: (facts: RequestFacts) => void callers.push(facts.caller) };
  const verify = createSignatureVerifier({ keys: [accessKey], service: 'sagemaker' });
  const app = appOf(content, { extensions: [guard, watch], ...(signedRuntime ? { verify } : {}) });
  app.addHook('onClose', async () => guard.close());
  return listen(app, { port: 0 });
}

beforeAll(async () => {
  const keyFile = join(folder, 'keys.json');
  secret = (await createApiKey(keyFile, { name: 'p', scopes: ['predict'] })).secret;
  signing = await serve(keyFile, true);
  keysOnly = await serve(keyFile, false);
});
afterAll(async () => {
  await signing.close();
  await keysOnly.close();
  await rm(folder, { recursive: true });
});

const runtime = '/endpoints/model/invocations';
const row = { method: 'POST', body: 'Age\n60', type: 'text/csv' };
const withKey = (headers: Record<string, string>, address: string) =>
  fetch(address, { method: 'POST', body: row.body, headers: { 'content-type': 'text/csv', ...headers } });
const errorType = (reply: Response) => reply.headers.get('x-amzn-errortype');

describe('signatures beside API keys', () => {
  test('the cloud’s routes ask for a signature and nothing else; the caller is the access key', async () => {
    expect((await signedFetch(accessKey, `${signing.url}${runtime}`, row)).status).toBe(200);
    await expect.poll(() => callers.at(-1)).toBe('AK');
    const other = { ...accessKey, secretAccessKey: 'another secret' };
    const reply = await signedFetch(other, `${signing.url}${runtime}`, row);
    expect([reply.status, errorType(reply)]).toEqual([403, 'InvalidSignatureException']);
  });

  test('there an API key does not take the place of a signature', async () => {
    for (const headers of [{ 'x-api-key': secret }, { authorization: `Bearer ${secret}` }, {}] as const) {
      const reply = await withKey(headers as Record<string, string>, `${signing.url}${runtime}`);
      expect([reply.status, errorType(reply)]).toEqual([403, 'MissingAuthenticationToken']);
    }
  });

  test('elsewhere a signature does not take the place of an API key', async () => {
    const reply = await signedFetch(accessKey, `${signing.url}/invocations`, row);
    expect([reply.status, reply.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="thoracle"']);
    expect((await withKey({ 'x-api-key': secret }, `${signing.url}/invocations`)).status).toBe(200);
  });

  test('without access keys the cloud’s routes ask for an API key, and look at no signature', async () => {
    expect((await signedFetch(accessKey, `${keysOnly.url}${runtime}`, row)).status).toBe(403);
    const beside = { 'x-api-key': secret, authorization: 'AWS4-HMAC-SHA256 nonsense' };
    expect((await withKey(beside, `${keysOnly.url}${runtime}`)).status).toBe(200);
  });
});
