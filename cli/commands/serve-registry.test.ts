import { mkdtempSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeModelFolder } from '../../test/serving/model-folders.js';
import { startServing, thoracle } from '../../test/thoracle.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-serve-registry-'));
afterAll(() => rm(folder, { recursive: true }));

test('a killed server serves the promoted model again, and its audit log verifies', async () => {
  const [registry, audit] = [join(folder, 'registry'), join(folder, 'audit.jsonl')];
  for (const version of [1, 2]) {
    const place = join(folder, `model-${version}`);
    await writeModelFolder(place, { threshold: version / 10 });
    expect(await thoracle('model', 'register', 'lung', place, '--registry', registry)).toMatchObject({ code: 0 });
  }
  expect(await thoracle('model', 'promote', 'lung', '2', '--registry', registry)).toMatchObject({ code: 0 });
  const listed = JSON.parse((await thoracle('model', 'list', '--registry', registry, '--json')).stdout);
  expect(listed).toMatchObject([{ stage: 'candidate' }, { version: '2', stage: 'production' }]);
  const options = ['--registry', registry, '--audit', audit, '--port', '0'];
  const first = await startServing(...options);
  const reply = await fetch(`${first.url}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: 'Age\n60',
  });
  expect(reply.status).toBe(200);
  // Longer than entries are queued for.
  await new Promise((done) => setTimeout(done, 300));
  await first.kill();
  const second = await startServing(...options);
  expect(await (await fetch(`${second.url}/ping`)).json()).toEqual({ status: 'ok', model: listed[1].modelId });
  expect(await second.stop()).toMatchObject({ code: 0 });
  const verified = await thoracle('audit', 'verify', audit, '--json');
  expect(JSON.parse(verified.stdout)).toMatchObject({ entries: 3, tornLines: [] });
  const none = await thoracle('model', 'promote', 'lung', '9', '--registry', registry);
  expect(none).toMatchObject({ code: 2 });
  expect(none.stderr).toContain('The registry holds no version "9" of model "lung"');
  const clash = await thoracle('serve', '--registry', registry, '--model', 'x');
  expect(clash).toMatchObject({ code: 2 });
}, 180_000);

test('archived on the command line, promoted over HTTP; the checklist is that of `model card`', async () => {
  const registry = join(folder, 'second');
  for (const version of [1, 2, 3]) {
    const place = join(folder, `other-${version}`);
    await writeModelFolder(place, { threshold: version / 10 });
    await thoracle('model', 'register', 'lung', place, '--registry', registry, '--by', 'ana');
  }
  await thoracle('model', 'promote', 'lung', '1', '--registry', registry, '--by', 'ben');
  expect(await thoracle('model', 'archive', 'lung', '1', '--registry', registry)).toMatchObject({ code: 2 });
  const archived = await thoracle('model', 'archive', 'lung', '3', '--registry', registry, '--by', 'ben', '--json');
  expect(JSON.parse(archived.stdout)).toMatchObject({ version: '3', stage: 'archived' });
  const listed = JSON.parse((await thoracle('model', 'list', '--registry', registry, '--json')).stdout);
  expect(listed[2].history).toMatchObject([
    { by: 'ana', action: 'register' },
    { by: 'ben', action: 'archive' },
  ]);
  const server = await startServing('--registry', registry, '--port', '0');
  const promoted = await fetch(`${server.url}/registry/models/lung/versions/2/promote`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect([promoted.status, await promoted.json()]).toMatchObject([200, { serving: '2' }]);
  const detail = await fetch(`${server.url}/registry/models/lung/versions/2`);
  const card = JSON.parse((await thoracle('model', 'card', join(folder, 'other-2'), '--json')).stdout);
  expect(await detail.json()).toMatchObject({ modelId: listed[1].modelId, checklist: card.tripod });
  expect(await server.stop()).toMatchObject({ code: 0 });
}, 180_000);

test('requests are captured until the server stops; options of it alone are refused', async () => {
  const [model, captured, key] = ['captured-model', 'captured', 'capture.key'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeModelFolder(model);
  const options = ['--capture', captured, '--capture-share', '1', '--capture-key', key];
  const server = await startServing('--model', model, '--port', '0', ...options);
  const reply = await fetch(`${server.url}/invocations`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: 'Age\n60\n61',
  });
  const scores = (await reply.text()).split(',').map(Number);
  expect(await server.stop()).toMatchObject({ code: 0 });
  const [file = ''] = await readdir(captured);
  const lines = (await readFile(join(captured, file), 'utf8')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).answer.score)).toEqual(scores);
  expect((await stat(key)).mode & 0o777).toBe(0o600);
  for (const wrong of [
    ['--capture-share', '0.5'],
    ['--capture', captured, '--capture-share', '2'],
  ]) {
    expect(await thoracle('serve', '--model', model, ...wrong)).toMatchObject({ code: 2 });
  }
}, 180_000);
