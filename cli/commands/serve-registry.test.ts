import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
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
}, 60_000);
