import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type FeatureStore, openDuckDbStore } from '../../featurestore/index.js';
import {
  bestRun,
  compareRuns,
  exportToMlflow,
  findRun,
  lineageOf,
  listRuns,
  type RunDraft,
  recordRun,
} from './index.js';

const sha = (digit: string): string => digit.repeat(64);

function draft(changes: Partial<RunDraft> = {}): RunDraft {
  return {
    kind: 'train',
    name: 'default recipe',
    parentId: null,
    status: 'finished',
    failure: null,
    startedAtMs: Date.UTC(2026, 0, 2),
    durationSeconds: 12.5,
    host: 'bench-1',
    codeVersion: 'thoracle 0.1.0',
    parameters: { seed: 0, recipe: 'default' },
    metrics: { harrellC: { value: 0.68, low: 0.6, high: 0.75 } },
    inputs: [],
    groups: [{ name: 'clinical', version: 1, settingsDigest: sha('c') }],
    artifacts: [{ name: 'model', sha256: sha('a') }],
    ...changes,
  };
}

let store: FeatureStore;
beforeAll(async () => {
  store = await openDuckDbStore({ file: ':memory:' });
  const definition = (
    name: string,
    type: 'string' | 'timestamp' | 'double',
    role: 'identifier' | 'metadata' | 'feature',
  ) => ({ name, type, unit: '1', description: name, role }) as const;
  await store.ingest({
    group: {
      name: 'clinical',
      recordIdentifier: 'case_id',
      eventTime: 'event_time',
      definitions: [
        definition('case_id', 'string', 'identifier'),
        definition('event_time', 'timestamp', 'metadata'),
        definition('age', 'double', 'feature'),
      ],
      settingsDigest: sha('c'),
    },
    columns: new Map([
      ['case_id', { type: 'string', values: ['P1', 'P2'] } as const],
      ['event_time', { type: 'timestamp', values: Float64Array.of(0, 0) } as const],
      ['age', { type: 'double', values: Float64Array.of(61, 70) } as const],
    ]),
    rowCount: 2,
    provenance: [
      {
        pipelineVersion: 'clinical@0.1.0',
        settingsDigest: sha('c'),
        inputDigests: [{ name: 'labels.csv', sha256: sha('b') }],
      },
    ],
  });
});
afterAll(async () => {
  await store.close();
});

describe('runs', () => {
  test('nothing is there before the first run', async () => {
    const empty = await openDuckDbStore({ file: ':memory:' });
    expect(await listRuns(empty)).toEqual([]);
    await expect(findRun(empty, 'abc')).rejects.toThrow('No run has the id "abc"');
    await expect(bestRun(empty, 'harrellC')).rejects.toThrow(
      'No finished run has the metric "harrellC"; there are none',
    );
    await empty.close();
  });

  test('what is recorded comes back as it was, newest first; the same run twice is one', async () => {
    const first = await recordRun(store, draft());
    await recordRun(store, draft());
    const second = await recordRun(
      store,
      draft({ startedAtMs: Date.UTC(2026, 0, 3), metrics: { harrellC: { value: 0.71 }, brier: { value: 0.2 } } }),
    );
    const failed = await recordRun(
      store,
      draft({
        startedAtMs: Date.UTC(2026, 0, 4),
        status: 'failed',
        failure: 'no patients',
        metrics: { harrellC: { value: 0.99 } },
        parentId: second.runId,
      }),
    );
    expect(await listRuns(store)).toEqual([failed, second, first]);
    expect(first).toMatchObject(draft());
    expect(await listRuns(store, { status: 'failed' })).toEqual([failed]);
    expect(await listRuns(store, { parentId: second.runId, kind: 'train' })).toEqual([failed]);
    expect(await listRuns(store, { kind: 'batch' })).toEqual([]);
  });

  test('a run is found by the beginning of its id', async () => {
    const [, second] = await listRuns(store);
    expect(await findRun(store, (second?.runId ?? '').slice(0, 9))).toEqual(second);
    await expect(findRun(store, '')).rejects.toThrow('Several runs have ids');
  });

  test('the best is the highest of finished runs, or the lowest where less is better', async () => {
    const best = await bestRun(store, 'harrellC');
    expect(best.metrics.harrellC?.value).toBe(0.71);
    expect((await bestRun(store, 'brier')).runId).toBe(best.runId);
    await expect(bestRun(store, 'rocAuc')).rejects.toThrow('there are brier, harrellC');
  });

  test('a comparison says what differs', async () => {
    const runs = await listRuns(store, { status: 'finished' });
    const { parameters, metrics } = compareRuns(runs);
    expect(parameters.map(({ name, differs }) => [name, differs])).toEqual([
      ['recipe', false],
      ['seed', false],
    ]);
    expect(metrics).toEqual([
      { name: 'brier', values: [0.2, undefined], differs: true },
      { name: 'harrellC', values: [0.71, 0.68], differs: true },
    ]);
  });

  test('NaN is refused before it is written', async () => {
    await expect(recordRun(store, draft({ metrics: { harrellC: { value: Number.NaN } } }))).rejects.toThrow('NaN');
  });

  test('a model leads back to the source files of its groups', async () => {
    const { nodes, edges } = await lineageOf(store, sha('a'));
    expect(nodes.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'artifact model',
      'run train: default recipe',
      'group clinical@1',
      'source labels.csv',
    ]);
    const runNode = nodes[1]?.id as string;
    expect(edges).toEqual([
      { from: `artifact:${sha('a')}`, to: runNode },
      { from: runNode, to: 'group:clinical@1' },
      { from: 'group:clinical@1', to: `source:${sha('b')}` },
    ]);
    await expect(lineageOf(store, 'zzz')).rejects.toThrow('No run has the id "zzz"');
  });
});

interface Logged {
  readonly path: string;
  readonly body: Record<string, unknown>;
}

interface LoggedItem {
  readonly key: string;
  readonly value: unknown;
}

/** What MLflow refuses, by its REST documentation. */
function brokenRule(path: string, body: Record<string, unknown>): string | undefined {
  const list = (name: string) => (body[name] ?? []) as readonly LoggedItem[];
  const named = [...list('tags'), ...list('params'), ...list('metrics')];
  const bad = named.find(({ key }) => !/^[\w\-. /]{1,250}$/.test(key));
  if (bad !== undefined) return `invalid name ${bad.key}`;
  if (list('params').length > 100 || list('metrics').length > 1000) return 'too many in one batch';
  if (list('params').some(({ value }) => typeof value !== 'string' || value.length > 6000))
    return 'a parameter is too long';
  if (list('tags').some(({ value }) => typeof value !== 'string' || value.length > 5000)) return 'a tag is too long';
  if (list('metrics').some(({ value }) => !Number.isFinite(value))) return 'a metric is no number';
  if (path === 'runs/update' && !['RUNNING', 'FINISHED', 'FAILED', 'KILLED'].includes(String(body.status)))
    return 'unknown status';
  if (path === 'runs/create' && typeof body.start_time !== 'number') return 'start_time must be milliseconds';
  return undefined;
}

/** Answers as MLflow does (REST API 2.0): experiments by name, runs with ids, search by tag. */
function trackingServer(log: Logged[]): Server {
  let experiment: string | undefined;
  const byTag = new Map<string, string>();
  return createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += String(chunk);
    });
    request.on('end', () => {
      const path = (request.url ?? '').replace('/api/2.0/mlflow/', '').split('?')[0] as string;
      const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
      log.push({ path, body });
      const answer = (status: number, reply: unknown): void => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(reply));
      };
      if (request.headers.authorization !== 'Bearer secret') return answer(401, { error_code: 'UNAUTHENTICATED' });
      const broken = brokenRule(path, body);
      if (broken !== undefined) return answer(400, { error_code: 'INVALID_PARAMETER_VALUE', message: broken });
      if (path === 'experiments/get-by-name') {
        if (experiment === undefined) return answer(404, { error_code: 'RESOURCE_DOES_NOT_EXIST' });
        return answer(200, { experiment: { experiment_id: experiment } });
      }
      if (path === 'experiments/create') {
        experiment = '7';
        return answer(200, { experiment_id: experiment });
      }
      if (path === 'runs/search') {
        const tag = /= '(\w+)'/.exec(String(body.filter))?.[1] ?? '';
        const found = byTag.get(tag);
        return answer(200, found === undefined ? {} : { runs: [{ info: { run_id: found } }] });
      }
      if (path === 'runs/create') {
        const tags = body.tags as readonly { readonly key: string; readonly value: string }[];
        const id = `m${byTag.size + 1}`;
        byTag.set(tags.find(({ key }) => key === 'thoracle.run_id')?.value ?? '', id);
        return answer(200, { run: { info: { run_id: id } } });
      }
      return answer(200, {});
    });
  });
}

describe('export to an MLflow tracking server', () => {
  let server: Server | undefined;
  const open = async (log: Logged[]): Promise<string> => {
    const opened = trackingServer(log);
    server = opened;
    await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(opened.address() as AddressInfo).port}`;
  };
  afterEach(async () => {
    await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
    server = undefined;
  });

  test('every run once, parents first, with parameters, metrics and the end', async () => {
    const log: Logged[] = [];
    const target = { url: await open(log), experiment: 'nsclc', token: 'secret' };
    const runs = await listRuns(store);
    expect(await exportToMlflow(runs, target)).toEqual({ experimentId: '7', exported: 3, already: 0 });
    const made = log.filter(({ path }) => path === 'runs/create').map(({ body }) => body);
    expect(made.map(({ start_time }) => start_time)).toEqual([2, 3, 4].map((day) => Date.UTC(2026, 0, day)));
    const tags = made[2]?.tags as readonly { readonly key: string; readonly value: string }[];
    expect(tags).toContainEqual({ key: 'mlflow.parentRunId', value: 'm2' });
    const batches = log.filter(({ path }) => path === 'runs/log-batch').map(({ body }) => body);
    expect(batches[0]).toEqual({
      run_id: 'm1',
      params: [
        { key: 'recipe', value: 'default' },
        { key: 'seed', value: '0' },
      ],
    });
    expect(batches[1]?.metrics).toContainEqual({
      key: 'harrellC_low',
      value: 0.6,
      timestamp: Date.UTC(2026, 0, 2),
      step: 0,
    });
    expect(log.filter(({ path }) => path === 'runs/update').map(({ body }) => body.status)).toEqual([
      'FINISHED',
      'FINISHED',
      'FAILED',
    ]);
    expect(await exportToMlflow(runs, target)).toEqual({ experimentId: '7', exported: 0, already: 3 });
  });

  test('a run with more than a request may carry arrives whole, in parts; texts are cut to what a server holds', async () => {
    const log: Logged[] = [];
    const target = { url: await open(log), experiment: 'nsclc', token: 'secret' };
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, k) => [`p${k}`, 'x'.repeat(k === 0 ? 9000 : 2)]));
    const scores = Object.fromEntries(Array.from({ length: 400 }, (_, k) => [`m${k}`, { value: k, low: k, high: k }]));
    const inputs = Array.from({ length: 200 }, (_, k) => ({ name: `series ${k}`, sha256: sha('d') }));
    const run = await recordRun(
      store,
      draft({ parameters: many, metrics: scores, inputs, failure: 'y'.repeat(9000), status: 'failed' }),
    );
    expect(await exportToMlflow([run], target)).toMatchObject({ exported: 1 });
    const batches = log.filter(({ path }) => path === 'runs/log-batch').map(({ body }) => body);
    const sent = (name: string) => batches.flatMap((body) => (body[name] ?? []) as readonly LoggedItem[]);
    expect(
      sent('params')
        .map(({ key }) => key)
        .sort(),
    ).toEqual(Object.keys(many).sort());
    expect(sent('metrics')).toHaveLength(1200);
    expect(batches.length).toBe(3 + 2);
  });

  test('a server that refuses, is not there or is something else is named', async () => {
    const url = await open([]);
    const runs = await listRuns(store);
    await expect(exportToMlflow(runs, { url, experiment: 'x' })).rejects.toThrow(`${url} did not take the runs`);
    await expect(exportToMlflow(runs, { url, experiment: 'x' })).rejects.toThrow('401');
    await expect(exportToMlflow(runs, { url: 'http://127.0.0.1:9', experiment: 'x' })).rejects.toThrow(
      'did not take the runs',
    );
    const page = (async () => new Response('<html>', { status: 200 })) as typeof fetch;
    await expect(exportToMlflow(runs, { url, experiment: 'x' }, page)).rejects.toThrow('is this an MLflow server?');
  });
});
