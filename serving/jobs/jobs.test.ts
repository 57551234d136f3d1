import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appOf } from '../../test/serving/app.js';
import type { ServerExtension } from '../http/extension.js';
import { metricsExtension } from '../metrics/index.js';
import { ModelHost } from '../models/model-host.js';
import { createPredictor } from '../predict/index.js';
import { chain, chainBundle, chainRecords } from '../reference/chain-bundle.js';
import { authentication, createApiKey } from '../security/index.js';
import { type JobsOptions, jobsExtension } from './jobs-extension.js';
import { prefersAsync } from './prefer.js';

const bundle = chainBundle();
const content = { manifest: bundle.manifest, predictor: createPredictor(bundle) };

let root = '';
const apps: FastifyInstance[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'thoracle-jobs-'));
});
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  rmSync(root, { recursive: true, force: true });
});
const folder = () => join(root, 'jobs');
const kept = () => readdirSync(folder()).filter((name) => !name.startsWith('.'));

async function server(options: Partial<JobsOptions> = {}, others: readonly ServerExtension[] = []) {
  const app = appOf(content, { extensions: [await jobsExtension({ folder: folder(), ...options }), ...others] });
  apps.push(app);
  await app.ready();
  return app;
}

interface Asked {
  readonly url: string;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}
const later = (asked: Asked, more: Readonly<Record<string, string>> = {}) => ({
  method: 'POST' as const,
  ...asked,
  headers: { ...asked.headers, prefer: 'respond-async', ...more },
});

/** Asks until the job has ended. */
async function ended(app: FastifyInstance, location: string, headers: Readonly<Record<string, string>> = {}) {
  for (;;) {
    const reply = await app.inject({ url: location, headers });
    if (reply.statusCode !== 200) throw new Error(reply.body);
    const job = reply.json() as Readonly<Record<string, unknown>>;
    if (job.status === 'done' || job.status === 'failed') return job;
    await new Promise((done) => setTimeout(done, 2));
  }
}

const header = chain.columns.map(({ feature }) => feature).join(',');
/** More rows than a slice holds. */
const repeated = Array.from({ length: 20 }, () => chain.rows).flat();
const csv = [header, ...repeated.map((row) => row.map((v) => v ?? '').join(','))].join('\n');
const records = Array.from({ length: 20 }, () => chainRecords()).flat();
const types = ['text/csv', 'application/json', 'application/jsonlines'];
const requests: readonly Asked[] = [
  ...types.map((accept) => ({ url: '/invocations', payload: csv, headers: { 'content-type': 'text/csv', accept } })),
  { url: '/invocations', payload: `${header.split(',')[0]}\n1`, headers: { 'content-type': 'text/csv' } },
  { url: '/models/model/invoke', payload: JSON.stringify(records), headers: { 'content-type': 'application/json' } },
  { url: '/predict', payload: JSON.stringify({ records }), headers: { 'content-type': 'application/json' } },
  {
    url: '/endpoints/model/invocations',
    payload: csv,
    headers: { 'content-type': 'text/csv', 'x-amzn-sagemaker-custom-attributes': 'ward=7' },
  },
  // Refused, each in the way of its route; the bad row is in a later slice.
  {
    url: '/invocations',
    payload: `${csv}\n1e300${','.repeat(chain.columns.length - 1)}`,
    headers: { 'content-type': 'text/csv' },
  },
  { url: '/invocations', payload: 'nothing', headers: { 'content-type': 'text/csv' } },
  { url: '/predict', payload: '{', headers: { 'content-type': 'application/json' } },
  { url: '/predict', payload: '{"cases":["R01"]}', headers: { 'content-type': 'application/json' } },
  { url: '/endpoints/none/invocations', payload: csv, headers: { 'content-type': 'text/csv' } },
  { url: '/endpoints/model/invocations', payload: 'nothing', headers: { 'content-type': 'text/csv' } },
  { url: '/models/none/invoke', payload: csv, headers: { 'content-type': 'text/csv' } },
];

test('Prefer is read as RFC 7240 says', () => {
  for (const yes of [
    'respond-async',
    'return=minimal, Respond-Async',
    'respond-async; x=1,wait=5',
    ['a', 'respond-async'],
  ]) {
    expect(prefersAsync(yes), String(yes)).toBe(true);
  }
  for (const no of [undefined, '', 'respond-asynchronously', 'x="a, respond-async"', 'respond-async=1', '"', ',;,=']) {
    expect(prefersAsync(no), String(no)).toBe(false);
  }
});

describe('a job', () => {
  test.each(requests.map((asked, i) => [i, asked.url, asked] as const))(
    'has the reply that the request would have been given at once: %i %s',
    async (_i, _url, asked) => {
      const app = await server();
      const atOnce = await app.inject({ method: 'POST', ...asked });
      const taken = await app.inject(later(asked));
      expect(taken.statusCode).toBe(202);
      const location = String(taken.headers.location);
      expect(location).toMatch(
        asked.url.startsWith('/endpoints') ? /^\/endpoints\/\w+\/jobs\/[\w-]{32}$/ : /^\/jobs\/[\w-]{32}$/,
      );
      expect(taken.headers['preference-applied']).toBe('respond-async');
      const job = await ended(app, location);
      expect(job.status).toBe(atOnce.statusCode === 200 ? 'done' : 'failed');
      const result = await app.inject(String(job.result));
      expect(result.statusCode).toBe(atOnce.statusCode);
      expect(result.body).toBe(atOnce.body);
      for (const name of [
        'content-type',
        'x-amzn-invoked-production-variant',
        'x-amzn-sagemaker-custom-attributes',
        'x-amzn-errortype',
      ]) {
        expect(result.headers[name], name).toBe(atOnce.headers[name]);
      }
      await apps.pop()?.close();
      expect(readdirSync(join(folder(), location.split('/').at(-1) ?? ''))).not.toContain('body');
    },
  );

  test('says how far it is, who answered and when it goes; its files are for their owner alone', async () => {
    const app = await server();
    const [asked] = requests as [Asked];
    const location = String((await app.inject(later(asked))).headers.location);
    const job = await ended(app, location);
    expect(job).toMatchObject({ rows: 800, rowsDone: 800, model: 'model', version: 'recorded-cha', code: null });
    expect(Date.parse(String(job.expires)) - Date.parse(String(job.finished))).toBe(24 * 3600 * 1000);
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    const [id = ''] = kept();
    for (const name of readdirSync(join(folder(), id)))
      expect(statSync(join(folder(), id, name)).mode & 0o777, name).toBe(0o600);
    expect((await app.inject({ method: 'DELETE', url: location })).statusCode).toBe(204);
    expect((await app.inject(location)).json()).toMatchObject({ error: { code: 'SERVING_JOB_NOT_FOUND' } });
    expect(kept()).toEqual([]);
  });

  test('lets other requests go first', async () => {
    const app = await server();
    const long = [
      header,
      ...Array.from({ length: 500 }, () => chain.rows)
        .flat()
        .map((row) => row.map((v) => v ?? '').join(',')),
    ].join('\n');
    const location = String(
      (await app.inject(later({ url: '/invocations', payload: long, headers: { 'content-type': 'text/csv' } }))).headers
        .location,
    );
    let between = 0;
    for (;;) {
      const job = (await app.inject(location)).json() as {
        readonly status: string;
        readonly rows: number;
        readonly rowsDone: number;
      };
      if (job.status === 'running' && job.rowsDone > 0 && job.rowsDone < job.rows) between++;
      if (job.status === 'done') break;
    }
    expect(between).toBeGreaterThan(2);
  });

  test('that is not there, not ours to guess, or not done', async () => {
    const app = await server();
    for (const id of ['x', '../../etc/passwd', '%2e%2e', '.'.repeat(32), 'A'.repeat(32)]) {
      for (const url of [`/jobs/${encodeURIComponent(id)}`, `/jobs/${encodeURIComponent(id)}/result`]) {
        expect((await app.inject(url)).statusCode, url).toBe(404);
      }
    }
    mkdirSync(join(folder(), 'B'.repeat(32)));
    writeFileSync(join(folder(), 'B'.repeat(32), 'status.json'), '{"formatVersion":1');
    expect((await app.inject(`/jobs/${'B'.repeat(32)}`)).statusCode).toBe(404);
  });

  test('is counted, and what it asked is counted as a request', async () => {
    const registry = new Registry();
    const app = await server({ registry }, [metricsExtension({ models: ModelHost.of('model', content), registry })]);
    const [asked] = requests as [Asked];
    await ended(app, String((await app.inject(later(asked))).headers.location));
    await new Promise((done) => setTimeout(done, 5));
    const text = (await app.inject('/metrics')).body;
    expect(text).toContain('thoracle_jobs_total{outcome="done"} 1');
    expect(text).toContain('thoracle_jobs_waiting 0');
    expect(text).toContain('thoracle_rows_total{model="model",version="recorded-cha"} 800');
    expect(text).toContain('thoracle_requests_total{method="POST",route="/invocations",status="202"} 1');
  });

  test('without a folder for jobs, or without the preference, is none: the answer comes at once', async () => {
    const app = appOf(content);
    apps.push(app);
    const [asked] = requests as [Asked];
    expect((await app.inject(later(asked))).statusCode).toBe(200);
    const other = await server();
    expect((await other.inject({ ...later(asked), headers: { ...asked.headers, prefer: 'wait=5' } })).statusCode).toBe(
      200,
    );
  });
});

describe('who may ask', () => {
  test('its maker and administrators; a credential is nowhere on disk', async () => {
    const keyFile = join(root, 'keys.json');
    const make = async (scopes: readonly ('predict' | 'admin' | 'read')[]) =>
      (await createApiKey(keyFile, { name: 'x', scopes })).secret;
    const [mine, other, admin, reader] = [
      await make(['predict']),
      await make(['predict']),
      await make(['admin']),
      await make(['read']),
    ];
    const guard = await authentication({ keyFile });
    const app = await server({}, [guard]);
    const by = (key: string) => ({ authorization: `Bearer ${key}` });
    const [asked] = requests as [Asked];
    expect((await app.inject(later(asked))).statusCode).toBe(401);
    expect((await app.inject(later(asked, { 'x-thoracle-job': 'x'.repeat(43) }))).statusCode).toBe(401);
    const location = String((await app.inject(later(asked, by(mine)))).headers.location);
    expect((await ended(app, location, by(mine))).status).toBe('done');
    expect((await app.inject({ url: `${location}/result`, headers: by(admin) })).statusCode).toBe(200);
    for (const url of [location, `${location}/result`]) {
      expect((await app.inject({ url, headers: by(other) })).statusCode).toBe(404);
      expect((await app.inject({ url, headers: by(reader) })).statusCode).toBe(403);
      expect((await app.inject(url)).statusCode).toBe(401);
    }
    expect((await app.inject({ method: 'DELETE', url: location, headers: by(other) })).statusCode).toBe(404);
    const [id = ''] = kept();
    const files = readdirSync(join(folder(), id)).map((name) => readFileSync(join(folder(), id, name), 'utf8'));
    for (const text of files) for (const secret of [mine, 'Bearer']) expect(text).not.toContain(secret);
    guard.close();
  });
});

describe('bounds', () => {
  const [asked] = requests as [Asked];
  test('a full queue and full storage are answered 503 with Retry-After', async () => {
    for (const limits of [{ mostWaiting: 0 }, { mostBytes: 100 }]) {
      const app = await server(limits);
      const reply = await app.inject(later(asked));
      expect(reply.statusCode).toBe(503);
      expect(reply.headers['retry-after']).toBe('5');
      expect(reply.json()).toMatchObject({ error: { code: 'SERVING_JOBS_FULL' } });
      expect(kept()).toEqual([]);
    }
  });

  test('what was kept for its time goes when the next server looks', async () => {
    const first = await server({ keptMs: 0 });
    await ended(first, String((await first.inject(later(asked))).headers.location));
    await server({ keptMs: 60_000 });
    expect(kept()).toHaveLength(1);
    await server({ keptMs: 0 });
    expect(kept()).toEqual([]);
  });

  test('a folder that cannot be used is refused when the server starts', async () => {
    writeFileSync(join(root, 'file'), '');
    await expect(jobsExtension({ folder: join(root, 'file') })).rejects.toMatchObject({ code: 'SERVING_JOBS_FOLDER' });
    await expect(jobsExtension({ folder: join(root, 'file', 'below') })).rejects.toMatchObject({
      code: 'SERVING_JOBS_FOLDER',
    });
  });

  test('a job that cannot be kept is answered 507', async () => {
    const app = await server();
    rmSync(folder(), { recursive: true });
    writeFileSync(folder(), 'in the way');
    const reply = await app.inject(later(asked));
    expect(reply.statusCode).toBe(507);
    expect(reply.body).not.toContain(root);
    rmSync(folder());
    mkdirSync(folder());
  });
});

describe('after a restart', () => {
  const [asked] = requests as [Asked];
  /** What a killed server leaves: a job that it had taken, in a state of it. */
  async function left(change: Readonly<Record<string, unknown>>) {
    const app = await server();
    const location = String((await app.inject(later(asked))).headers.location);
    await ended(app, location);
    const expected = (await app.inject(`${location}/result`)).body;
    await apps.pop()?.close();
    const place = join(folder(), location.split('/').at(-1) ?? '');
    const job = JSON.parse(readFileSync(join(place, 'status.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(join(place, 'status.json'), JSON.stringify({ ...job, ...change }));
    return { location, place, expected };
  }
  const unfinished = {
    status: 'running',
    finished: null,
    reply: null,
    attempts: 1,
    owner: { pid: 2 ** 22 + 1, run: 'gone' },
  };

  test('results are served again, and a job that was under way is answered', async () => {
    const done = await left({});
    const broken = await left(unfinished);
    rmSync(join(broken.place, 'result'));
    writeFileSync(join(broken.place, 'body'), asked.payload);
    const app = await server();
    expect((await app.inject(`${done.location}/result`)).body).toBe(done.expected);
    expect((await ended(app, broken.location)).status).toBe('done');
    expect((await app.inject(`${broken.location}/result`)).body).toBe(broken.expected);
  });

  test('a job with which the server ended three times is given up', async () => {
    const { location } = await left({ ...unfinished, attempts: 3 });
    const app = await server();
    expect(await ended(app, location)).toMatchObject({ status: 'failed', code: 'SERVING_JOB_LOST' });
    expect((await app.inject(`${location}/result`)).statusCode).toBe(500);
  });

  test('a job of another process that lives is left to it; of two that look, one takes it', async () => {
    const { location, place } = await left({ ...unfinished, owner: { pid: process.ppid, run: 'alive' } });
    writeFileSync(join(place, 'body'), asked.payload);
    const app = await server();
    expect((await app.inject(location)).json()).toMatchObject({ status: 'running' });
    const waiting = await app.inject(`${location}/result`);
    expect([waiting.statusCode, waiting.headers['retry-after']]).toEqual([409, '1']);
  });

  test('a request of which the body is gone fails, and the server goes on', async () => {
    const { location, place } = await left(unfinished);
    symlinkSync(join(root, 'nowhere'), join(place, 'body'));
    const app = await server();
    expect(await ended(app, location)).toMatchObject({ status: 'failed' });
    expect((await app.inject({ method: 'POST', ...asked })).statusCode).toBe(200);
  });
});

test('whatever is sent, a job ends and the server lives', async () => {
  const app = await server();
  const body = fc.oneof(fc.string(), fc.json(), fc.constant(csv.slice(0, 200)));
  const type = fc.constantFrom('text/csv', 'application/json', 'application/jsonlines', 'text/csv; header=present');
  const url = fc.constantFrom(
    '/invocations',
    '/predict',
    '/endpoints/model/invocations',
    '/endpoints/%2e%2e%2f/invocations',
    '/models/model/invoke?x=1',
  );
  await fc.assert(
    fc.asyncProperty(url, type, body, async (at, contentType, payload) => {
      const taken = await app.inject(later({ url: at, payload, headers: { 'content-type': contentType } }));
      if (taken.statusCode !== 202) return taken.statusCode < 500;
      const location = String(taken.headers.location);
      await ended(app, location);
      const result = await app.inject(`${location}/result`);
      return result.statusCode < 500;
    }),
    { numRuns: 60, seed: 11 },
  );
  expect((await app.inject('/ping')).statusCode).toBe(200);
});
