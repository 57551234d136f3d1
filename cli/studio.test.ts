import { mkdtempSync } from 'node:fs';
import { cp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { demoFolder } from '../test/demo-folder.js';
import { startListening, thoracle } from '../test/thoracle.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-studio-'));
afterAll(() => rm(folder, { recursive: true }));

const read = async (address: string) => (await fetch(address)).json() as Promise<Record<string, unknown>>;

test('a demo is opened with two models to compare, and used again the second time', async () => {
  const demo = await demoFolder();
  const out = join(folder, 'demo');
  await cp(demo.model, join(out, 'model'), { recursive: true });
  await cp(demo.store, join(out, 'store.duckdb'));
  await symlink(demo.cohort, join(out, 'cohort'));
  const identities: unknown[] = [];
  for (const time of [1, 2]) {
    const studio = await startListening('studio', '--demo', out, '--port', '0');
    expect(await read(`${studio.url}/studio/api/session`)).toMatchObject({
      scopes: ['admin'],
      has: { store: true, cohort: true, model: true, registry: true, jobs: true },
    });
    const { models } = await read(`${studio.url}/registry/models`);
    expect(models).toMatchObject([
      { name: 'lung', production: '2', versions: [{ stage: 'candidate' }, { version: '2' }] },
    ]);
    identities.push((await read(`${studio.url}/ping`)).model);
    const { code, stderr } = await studio.stop();
    expect(code).toBe(0);
    expect(stderr.includes('training a survival model')).toBe(time === 1);
  }
  expect(identities[0]).toBe(identities[1]);
}, 180_000);

test('a whole demo can be kept open', async () => {
  const studio = await startListening(
    'demo',
    '--keep',
    '--patients',
    '20',
    '--out',
    join(folder, 'kept'),
    '--port',
    '0',
  );
  const page = await fetch(`${studio.url}/studio/`);
  expect(await page.text()).toContain('<title>thoracle studio</title>');
  const { jobs, recorded } = await read(`${studio.url}/studio/api/jobs`);
  expect([jobs, recorded]).toMatchObject([[], [{ status: 'finished' }]]);
  expect(await studio.stop()).toMatchObject({ code: 0 });
}, 180_000);

test('a demo brings its own places; a store that is none is one sentence', async () => {
  const clash = await thoracle('studio', '--demo', '--store', 'x');
  expect(clash).toMatchObject({ code: 2 });
  expect(clash.stderr).toContain('--demo brings its own');
  const none = await thoracle('studio', '--store', join(folder, 'none.duckdb'));
  expect(none).toMatchObject({ code: 2 });
  expect(none.stderr.trim().split('\n')).toHaveLength(1);
});
