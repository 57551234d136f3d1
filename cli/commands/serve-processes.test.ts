import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeModelFolder } from '../../test/serving/model-folders.js';
import { startServing, thoracle } from '../../test/thoracle.js';
import { runLoad } from '../load/run-load.js';
import { optionsOfMember } from './serve-member.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-serve-processes-'));
const model = join(folder, 'model');
beforeAll(() => writeModelFolder(model));
afterAll(() => rm(folder, { recursive: true }));

const shown = (page: string, line: string): string | undefined =>
  page
    .split('\n')
    .find((one) => one.startsWith(`${line} `))
    ?.slice(line.length + 1);

const invocations = 'thoracle_requests_total{method="POST",route="/invocations",status="200"}';

test('two processes on one port: no request is lost in a reload, counted together, audited, ended by SIGTERM', async () => {
  const audit = join(folder, 'audit.jsonl');
  const server = await startServing('--model', model, '--port', '0', '--processes', '2', '--audit', audit);
  const load = (seconds: number) =>
    runLoad({
      url: server.url,
      requests: [{ method: 'POST', path: '/invocations', headers: { 'Content-Type': 'text/csv' }, body: 'Age\n60' }],
      connections: 4,
      rate: 100,
      seconds,
    });
  const metrics = async () => await (await fetch(`${server.url}/metrics`, { headers: { connection: 'close' } })).text();
  expect(shown(await metrics(), 'thoracle_processes')).toBe('2');
  let reloaded = false;
  const loading = (async () => {
    const statuses = new Set<string>();
    let answered = 0;
    while (!reloaded) {
      const result = await load(0.5);
      answered += result.answered;
      for (const status of Object.keys(result.statuses)) statuses.add(status);
    }
    return { answered, statuses };
  })();
  server.signal('SIGHUP');
  await server.logged('"reloaded"');
  reloaded = true;
  const { answered, statuses } = await loading;
  // 0 would be a lost connection. Requests that a slow machine never sent are no matter here.
  expect([...statuses]).toEqual(['200']);
  expect(answered).toBeGreaterThan(20);
  const page = await metrics();
  expect(shown(page, invocations)).toBe(String(answered));
  expect(shown(page, 'thoracle_processes')).toBe('2');
  expect(page).not.toContain('thoracle_process_missing{');
  const log = await server.logged('a process is listening', 4);
  const pid = [...log.matchAll(/"process":(\d+),"msg":"a process is listening"/g)].at(-1)?.[1];
  process.kill(Number(pid), 'SIGKILL');
  await server.logged('a process is listening', 5);
  const after = await metrics();
  expect(shown(after, invocations)).toBe(String(answered));
  expect(shown(after, 'thoracle_processes')).toBe('2');
  expect(await server.stop()).toMatchObject({ code: 0 });
  const { files } = JSON.parse((await thoracle('audit', 'verify', audit, '--json')).stdout);
  expect(files.map(({ file }: { file: string }) => file)).toEqual([1, 2, 3, 4].map((n) => `audit.${n}.jsonl`));
  // Each of the five has loaded its model once, and they were asked for metrics three times; the one that was killed may have lost its last.
  const total = files.reduce((sum: number, { entries }: { entries: number }) => sum + entries, 0);
  expect(total - answered - 5).toBeGreaterThanOrEqual(2);
  expect(total - answered - 5).toBeLessThanOrEqual(3);
}, 120_000);

test('what is wrong is said once, as by one process, with its exit code', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const port = String((taken.address() as { port: number }).port);
  const wrong: readonly (readonly string[])[] = [
    ['--model', join(folder, 'none')],
    ['--model', model, '--port', port],
    ['--model', model, '--modell', 'x'],
  ];
  for (const options of wrong) {
    const alone = await thoracle('serve', ...options);
    const several = await thoracle('serve', ...options, '--processes', '3');
    expect(several, options.join(' ')).toEqual(alone);
    expect(several.code).toBe(2);
  }
  taken.close();
  expect(await thoracle('serve', '--model', model, '--processes', '0')).toMatchObject({ code: 2 });
  const clash = await thoracle('serve', '--models', folder, '--processes', '2');
  expect(clash).toMatchObject({ code: 2 });
  expect(clash.stderr).toContain('--processes does not go with --models');
}, 120_000);

test('each process has its share of what is asked for all', async () => {
  const options = { audit: 'logs.d/audit.jsonl', rateLimit: 101, port: 1 } as const;
  const place = { number: 3, processes: 4 };
  expect(optionsOfMember(options, place)).toEqual({ audit: 'logs.d/audit.3.jsonl', rateLimit: 26, port: 1 });
  expect(optionsOfMember({ audit: 'logs.d/audit' }, place)).toEqual({ audit: 'logs.d/audit.3' });
  expect(optionsOfMember({ audit: '.audit' }, place)).toEqual({ audit: '.audit.3' });
});

test('models that a container gets over HTTP would be in one process only', () => {
  const place = { number: 1, processes: 2 };
  expect(() => optionsOfMember({}, place, true)).toThrow('--processes does not go with SAGEMAKER_MULTI_MODEL');
  expect(optionsOfMember({ model: 'lung' }, place, true)).toEqual({ model: 'lung' });
  expect(optionsOfMember({ registry: 'r' }, place, true)).toEqual({ registry: 'r' });
});

test('the logs of several processes are checked together', async () => {
  const file = join(folder, 'others.jsonl');
  await writeFile(join(folder, 'others.2.jsonl'), 'rubbish\n');
  const broken = await thoracle('audit', 'verify', file);
  expect(broken).toMatchObject({ code: 2 });
  expect(broken.stderr).toContain('"others.2.jsonl", line 1');
});
