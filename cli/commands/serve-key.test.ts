import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeModelFolder } from '../../test/serving/model-folders.js';
import { buildProgram } from '../program.js';
import { startServer } from './serve.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-serve-key-'));
afterAll(() => rm(folder, { recursive: true }));

async function run(...words: string[]): Promise<unknown> {
  const out: string[] = [];
  const io = { stdout: { write: (text: string) => void out.push(text) }, stderr: { write: () => undefined } };
  const program = await buildProgram({ io, exit: () => undefined }, 'serve');
  await program.parseAsync(['serve', ...words, '--json'], { from: 'user' });
  return JSON.parse(out.join(''));
}

test('a key is made, listed without its secret, lets its owner in, and is revoked', async () => {
  const [keys, model] = [join(folder, 'keys.json'), join(folder, 'model')];
  const made = (await run('key', 'create', keys, '--name', 'ward', '--scopes', 'read')) as { id: string; key: string };
  expect(await run('key', 'list', keys)).toMatchObject([
    { id: made.id, name: 'ward', scopes: ['read'], expires: null },
  ]);
  await writeModelFolder(model);
  const server = await startServer({ model, port: 0, keys }, false);
  expect((await fetch(`${server.url}/model`)).status).toBe(401);
  expect((await fetch(`${server.url}/metrics`, { headers: { 'x-api-key': made.key } })).status).toBe(200);
  await server.close();
  expect(await run('key', 'revoke', keys, made.id)).toEqual({ revoked: made.id });
  expect(await run('key', 'list', keys)).toEqual([]);
});

test('an open address, options that do not go together, scopes that do not exist', async () => {
  const model = join(folder, 'none');
  await expect(startServer({ model, host: '0.0.0.0' }, false)).rejects.toBeDefined();
  await writeModelFolder(join(folder, 'open'));
  const open = { model: join(folder, 'open'), port: 0 };
  await expect(startServer({ ...open, host: '0.0.0.0' }, false)).rejects.toMatchObject({
    code: 'SERVING_OPEN_ADDRESS',
  });
  const clash = { code: 'CLI_OPTIONS_CLASH' };
  await expect(startServer({ ...open, auth: false, keys: 'x' }, false)).rejects.toMatchObject(clash);
  await expect(startServer({ ...open, tlsCert: 'x' }, false)).rejects.toMatchObject(clash);
  await expect(startServer({ ...open, jwtIssuer: 'x' }, false)).rejects.toMatchObject(clash);
  await expect(run('key', 'create', join(folder, 'k'), '--name', 'x', '--scopes', 'all')).rejects.toThrow(
    'predict, read, admin',
  );
  const server = await startServer({ ...open, host: '0.0.0.0', auth: false }, false);
  await server.close();
});
