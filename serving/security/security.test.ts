import { mkdtempSync } from 'node:fs';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import { tlsCertificate, tlsKey } from '../../test/serving/tls.js';
import { listen } from '../http/listen.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle } from '../reference/chain-bundle.js';
import { createApiKey, readApiKeys, revokeApiKey } from './api-keys.js';
import { type AuthenticationOptions, authentication } from './authentication.js';
import { assertGuarded } from './open-address.js';
import { protection } from './protection.js';
import { readTlsFiles } from './tls-files.js';

const content = { manifest: chainBundle().manifest, predictor: createPredictor(chainBundle()) };
const folder = mkdtempSync(join(tmpdir(), 'thoracle-security-'));
afterAll(() => rm(folder, { recursive: true }));
let files = 0;
const newFile = (): string => join(folder, `${++files}.json`);
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const codeOf = (reply: { json(): { error: { code: string } } }): string => reply.json().error.code;

async function guarded(options: AuthenticationOptions) {
  const guard = await authentication(options);
  const callers: string[] = [];
  const watch = { name: 'watch', onResponse: (facts: { readonly caller: string }) => void callers.push(facts.caller) };
  const app = appOf(content, { extensions: [guard, watch] });
  app.addHook('onClose', async () => guard.close());
  const invoke = (headers: Record<string, string>) =>
    app.inject({
      method: 'POST',
      url: '/invocations',
      payload: 'Age\n60',
      headers: { 'content-type': 'text/csv', ...headers },
    });
  return { app, invoke, callers };
}

describe('API keys', () => {
  test('the file is its owner’s, holds a hash and never the key', async () => {
    const file = newFile();
    const { secret, key } = await createApiKey(file, { name: 'ward', scopes: ['predict'] });
    expect(secret).toMatch(/^thk_[0-9a-f]{12}_[\w-]{43}$/);
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain(secret.slice(17));
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect(await readApiKeys(file)).toEqual([key]);
  });

  test('keys made at the same moment are all there', async () => {
    const file = newFile();
    await Promise.all(Array.from({ length: 8 }, (_, i) => createApiKey(file, { name: `${i}`, scopes: ['read'] })));
    expect(await readApiKeys(file)).toHaveLength(8);
  });

  test('nobody 401, somebody without the scope 403, admin everywhere; open routes ask nobody', async () => {
    const keyFile = newFile();
    const predict = await createApiKey(keyFile, { name: 'p', scopes: ['predict'] });
    const read = await createApiKey(keyFile, { name: 'r', scopes: ['read'] });
    const admin = await createApiKey(keyFile, { name: 'a', scopes: ['admin'] });
    const { app, invoke, callers } = await guarded({ keyFile });
    expect((await app.inject('/ping')).statusCode).toBe(200);
    const nobody = await invoke({});
    expect([nobody.statusCode, codeOf(nobody)]).toEqual([401, 'SERVING_UNAUTHENTICATED']);
    expect(nobody.headers['www-authenticate']).toBe('Bearer realm="thoracle"');
    expect((await invoke(bearer(predict.secret))).statusCode).toBe(200);
    expect((await invoke({ 'x-api-key': predict.secret })).statusCode).toBe(200);
    const forbidden = await app.inject({ url: '/model', headers: bearer(predict.secret) });
    expect([forbidden.statusCode, codeOf(forbidden)]).toEqual([403, 'SERVING_FORBIDDEN']);
    expect(forbidden.json().error.message).toBe('This needs the scope "read"; this caller has predict');
    expect((await invoke(bearer(read.secret))).statusCode).toBe(403);
    expect((await app.inject({ url: '/model', headers: bearer(admin.secret) })).statusCode).toBe(200);
    expect((await invoke(bearer(admin.secret))).statusCode).toBe(200);
    expect((await app.inject('/nowhere')).statusCode).toBe(401);
    expect((await app.inject({ url: '/nowhere', headers: bearer(read.secret) })).statusCode).toBe(404);
    await app.close();
    expect(callers).toContain(`key:${predict.key.id}`);
  });

  test('a wrong secret, another id, an expired key, no key at all', async () => {
    const keyFile = newFile();
    const { secret } = await createApiKey(keyFile, { name: 'p', scopes: ['predict'] });
    const old = await createApiKey(keyFile, { name: 'o', scopes: ['predict'], expires: new Date(1000) });
    const { app, invoke } = await guarded({ keyFile });
    const wrong = [`${secret.slice(0, -2)}AA`, secret.replace(/^thk_./, 'thk_g'), 'thk_', 'x'.repeat(9000), old.secret];
    for (const text of wrong) {
      const reply = await invoke(bearer(text));
      expect([reply.statusCode, codeOf(reply)], text.slice(0, 20)).toEqual([401, 'SERVING_BAD_CREDENTIAL']);
      expect(reply.headers['www-authenticate']).toContain('invalid_token');
      expect(reply.body).not.toContain(text);
    }
    expect((await invoke({ authorization: 'Basic eDp5' })).statusCode).toBe(401);
    await app.close();
  });

  test('a revoked key is refused by the running server', async () => {
    const keyFile = newFile();
    const { secret, key } = await createApiKey(keyFile, { name: 'p', scopes: ['predict'] });
    const { app, invoke } = await guarded({ keyFile });
    expect((await invoke(bearer(secret))).statusCode).toBe(200);
    await revokeApiKey(keyFile, key.id);
    await expect.poll(async () => (await invoke(bearer(secret))).statusCode, { timeout: 10_000 }).toBe(401);
    await expect(revokeApiKey(keyFile, key.id)).rejects.toMatchObject({ code: 'SERVING_UNKNOWN_KEY' });
    await app.close();
  });

  test('files that are none, or that others may read', async () => {
    const file = newFile();
    const refusal = { code: 'SERVING_BAD_KEY_FILE' };
    await expect(authentication({ keyFile: file })).rejects.toMatchObject(refusal);
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{"formatVersion":1,"keys":[{"id":"x"}]}',
      '{"formatVersion":2,"keys":[]}',
    ]) {
      await writeFile(file, text, { mode: 0o600 });
      await expect(readApiKeys(file), text).rejects.toMatchObject(refusal);
      await expect(createApiKey(file, { name: 'x', scopes: ['read'] }), text).rejects.toMatchObject(refusal);
      expect(await readFile(file, 'utf8')).toBe(text);
    }
    await chmod(file, 0o644);
    await expect(readApiKeys(file)).rejects.toThrow('others may read it (mode 644)');
  });
});

describe('tokens', () => {
  test('signed by a key of the set, in time, for us; anything else is refused with its reason', async () => {
    const jwksFile = newFile();
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const other = await generateKeyPair('ES256');
    await writeFile(
      jwksFile,
      JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] }),
    );
    const { app, invoke, callers } = await guarded({ tokens: { jwksFile, issuer: 'hospital', audience: 'thoracle' } });
    const token = (claims: Record<string, unknown> = {}, key = privateKey, expires = '5m') =>
      new SignJWT({ scope: 'predict openid', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer('hospital')
        .setAudience('thoracle')
        .setSubject('ward-7')
        .setExpirationTime(expires)
        .sign(key);
    const good = await token();
    for (let i = 0; i < 2; i++) expect((await invoke(bearer(good))).statusCode).toBe(200);
    expect((await app.inject({ url: '/model', headers: bearer(good) })).statusCode).toBe(403);
    const reader = await token({ scope: undefined, scp: ['read'] });
    expect((await app.inject({ url: '/model', headers: bearer(reader) })).statusCode).toBe(200);
    const [head, body] = good.split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`;
    const bad: readonly (readonly [string, string])[] = [
      [await token({}, privateKey, '-1h'), 'it has expired'],
      [await token({}, other.privateKey), 'its signature does not match'],
      [`${head}.${body}.AAAA`, 'its signature does not match'],
      [none, 'not allowed'],
      ['a.b.c', 'no signed JSON Web Token'],
      ['rubbish', 'no signed JSON Web Token'],
    ];
    for (const [text, why] of bad) {
      const reply = await invoke(bearer(text));
      expect(reply.statusCode, why).toBe(401);
      expect(reply.json().error.message).toContain(why);
    }
    await app.close();
    expect(callers[0]).toBe('jwt:ward-7');
  });

  test('key sets that are none, or that hold what nobody may have', async () => {
    const jwksFile = newFile();
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const secret = JSON.stringify({ keys: [await exportJWK(privateKey)] });
    for (const text of ['', '{}', 'null', '{"keys":[]}', '{"keys":[{"kty":"oct","k":"AAAA"}]}', secret]) {
      await writeFile(jwksFile, text);
      await expect(authentication({ tokens: { jwksFile } }), text).rejects.toMatchObject({ code: 'SERVING_BAD_JWKS' });
    }
  });
});

describe('protection', () => {
  test('security headers, no CORS; the API page still loads', async () => {
    const app = appOf(content, { extensions: [protection()] });
    const { headers } = await app.inject({ url: '/ping', headers: { origin: 'https://elsewhere.example' } });
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['strict-transport-security']).toBeUndefined();
    const answer = await app.inject({
      method: 'POST',
      url: '/invocations',
      payload: 'Age\n60',
      headers: { 'content-type': 'text/csv' },
    });
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
    expect((await app.inject('/docs')).statusCode).toBe(200);
    expect((await app.inject({ method: 'OPTIONS', url: '/invocations' })).statusCode).toBe(405);
    await app.close();
  });

  test('too many requests: 429 with Retry-After; health is not counted', async () => {
    const app = appOf(content, { extensions: [protection({ requestsPerMinute: 2 })] });
    for (let i = 0; i < 2; i++) expect((await app.inject('/model')).statusCode).toBe(200);
    const refused = await app.inject('/model');
    expect([refused.statusCode, codeOf(refused)]).toEqual([429, 'SERVING_RATE_LIMIT']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await app.inject('/ping')).statusCode).toBe(200);
    await app.close();
  });

  test('under pressure: 503 with Retry-After; health answers', async () => {
    const app = appOf(content, { extensions: [protection({ mostMemoryBytes: 1 })] });
    await expect.poll(async () => (await app.inject('/model')).statusCode, { timeout: 10_000 }).toBe(503);
    const refused = await app.inject('/model');
    expect([codeOf(refused), refused.headers['retry-after']]).toEqual(['SERVING_OVERLOADED', '5']);
    expect((await app.inject('/ping')).statusCode).toBe(200);
    await app.close();
  });

  test('an address that others reach needs a guard', () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.0.0.1.example.org']) {
      expect(() => assertGuarded(host, false), host).toThrow('nobody would be asked who they are');
      assertGuarded(host, true);
    }
    for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) assertGuarded(host, false);
  });
});

describe('TLS', () => {
  test('a certificate and its key: HTTPS with HSTS', async () => {
    const [cert, key] = [newFile(), newFile()];
    await writeFile(cert, tlsCertificate);
    await writeFile(key, tlsKey);
    const tls = await readTlsFiles(cert, key);
    const server = await listen(appOf(content, { tls, extensions: [protection({ tls: true })] }), { port: 0 });
    expect(server.url).toMatch(/^https:/);
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      const request = httpsRequest(`${server.url}/ping`, { ca: tlsCertificate, servername: 'localhost' }, (reply) => {
        reply.resume();
        resolve(reply.headers);
      });
      request.on('error', reject).end();
    });
    expect(headers['strict-transport-security']).toContain('max-age=');
    await server.close();
    await expect(readTlsFiles(key, cert)).rejects.toMatchObject({ code: 'SERVING_BAD_TLS' });
    await expect(readTlsFiles(join(folder, 'none.pem'), key)).rejects.toThrow('there is no such file');
  });
});
