import { mkdtempSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeModelFolder } from '../../test/serving/model-folders.js';
import { type Serving, startServing, thoracle } from '../../test/thoracle.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-shared-'));
const [model, jobs, captured, key] = ['model', 'jobs', 'captured', 'capture.key'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
  string,
];
beforeAll(() => writeModelFolder(model));
afterAll(() => rm(folder, { recursive: true }));

/** On a connection of its own, so that the processes take turns. */
const ask = ({ url }: Serving, path: string, options: RequestInit = {}) =>
  fetch(url + path, { ...options, headers: { ...options.headers, connection: 'close' } });

test('jobs and captures of two processes are of one server', async () => {
  const options = ['--jobs', jobs, '--capture', captured, '--capture-share', '1', '--capture-key', key];
  const server = await startServing('--model', model, '--port', '0', '--processes', '2', ...options);
  const post = (headers: Readonly<Record<string, string>>) =>
    ask(server, '/invocations', {
      method: 'POST',
      body: 'Age\n60\n61',
      headers: { 'content-type': 'text/csv', 'x-amzn-sagemaker-inference-id': 'one and the same', ...headers },
    });
  const expected = await (await post({})).text();
  for (let i = 0; i < 7; i++) expect(await (await post({})).text()).toBe(expected);
  const places: string[] = [];
  for (let i = 0; i < 4; i++) {
    const taken = await post({ prefer: 'respond-async' });
    expect(taken.status).toBe(202);
    places.push(String(taken.headers.get('location')));
  }
  for (const place of places) {
    for (;;) {
      const job = (await (await ask(server, place)).json()) as { readonly status: string };
      if (job.status === 'done') break;
      expect(['queued', 'running']).toContain(job.status);
      await new Promise((done) => setTimeout(done, 10));
    }
    for (let i = 0; i < 2; i++) expect(await (await ask(server, `${place}/result`)).text()).toBe(expected);
  }
  // By whichever process; then it is there for none.
  const [gone = ''] = places;
  expect((await ask(server, gone, { method: 'DELETE' })).status).toBe(204);
  for (let i = 0; i < 2; i++) expect((await ask(server, gone)).status).toBe(404);
  expect(await (await ask(server, '/metrics')).text()).toMatch(/thoracle_jobs_total\{outcome="done"\} 4/);
  expect(await server.stop()).toMatchObject({ code: 0 });
  const files = await readdir(captured);
  const ofProcesses = new Set(files.map((name) => name.split('-')[2]));
  expect(ofProcesses.size).toBe(2);
  const texts = await Promise.all(files.map((name) => readFile(join(captured, name), 'utf8')));
  const rows = texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line));
  // Eight at once and four later, of two rows each.
  expect(rows).toHaveLength(24);
  const scores = expected.split(',').map(Number);
  for (const { answer } of rows) expect(scores).toContain(answer.score);
  expect(new Set(rows.map(({ request }) => request)).size).toBe(1);
}, 120_000);

test('captures of several processes without one key are refused in a sentence', async () => {
  const options = ['--model', model, '--port', '0', '--processes', '2', '--capture', join(folder, 'none')];
  const refused = await thoracle('serve', ...options);
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('--processes with --capture needs --capture-key');
  expect(await readdir(folder)).not.toContain('none');
}, 60_000);
