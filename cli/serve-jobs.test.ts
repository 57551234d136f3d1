import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chainDraft, chainRecords } from '../serving/reference/chain-bundle.js';
import { startServing, thoracle } from '../test/thoracle.js';
import { saveBundle, sealBundle } from '../training/bundle/folder.js';

let folder = '';
const at = (name: string) => join(folder, name);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thoracle-serve-jobs-'));
  await saveBundle(at('model'), sealBundle(chainDraft()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const serve = () => startServing('--model', at('model'), '--port', '0', '--jobs', at('jobs'), '--jobs-hours', '1');

test('serve --jobs answers later, also after it was killed', async () => {
  const first = await serve();
  const body = JSON.stringify({ records: Array.from({ length: 20 }, () => chainRecords()).flat() });
  const ask = (url: string, headers: Readonly<Record<string, string>>) =>
    fetch(`${url}/predict`, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const expected = await (await ask(first.url, {})).text();
  const taken = await Promise.all(Array.from({ length: 5 }, () => ask(first.url, { prefer: 'respond-async' })));
  const places = taken.map((reply) => String(reply.headers.get('location')));
  expect(taken.map((reply) => reply.status)).toEqual([202, 202, 202, 202, 202]);
  await first.kill();
  const second = await serve();
  try {
    for (const place of places) {
      for (;;) {
        const job = (await (await fetch(second.url + place)).json()) as { readonly status: string };
        if (job.status === 'done') break;
        expect(['queued', 'running']).toContain(job.status);
        await new Promise((done) => setTimeout(done, 10));
      }
      expect(await (await fetch(`${second.url}${place}/result`)).text()).toBe(expected);
    }
    expect(await (await fetch(`${second.url}/metrics`)).text()).toMatch(/thoracle_jobs_total\{outcome="done"\} \d/);
  } finally {
    await second.stop();
  }
});

test('--jobs-hours without --jobs is refused', async () => {
  const refused = await thoracle('serve', '--model', at('model'), '--port', '0', '--jobs-hours', '1');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--jobs-hours needs --jobs');
});
