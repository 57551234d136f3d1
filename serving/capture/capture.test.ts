import { createHmac } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, describe, expect, test } from 'vitest';
import type { CaseStore } from '../cases/predict-case.js';
import { buildApp } from '../http/app.js';
import { parseEndpoints } from '../http/sagemaker/endpoints.js';
import { metricsExtension } from '../metrics/index.js';
import { ModelHost } from '../models/model-host.js';
import { createPredictor } from '../predict/index.js';
import { chainBundle, chainRecords } from '../reference/chain-bundle.js';
import { CaptureFiles } from './capture-files.js';
import { CaptureQueue } from './capture-queue.js';
import { type CapturedRequest, type CapturedRow, lineOf } from './captured-row.js';
import { type CaptureOptions, openCapture } from './index.js';
import { captureKey, pseudonyms } from './pseudonyms.js';
import { sampling } from './sampling.js';

const root = mkdtempSync(join(tmpdir(), 'thoracle-capture-'));
afterAll(() => rmSync(root, { recursive: true }));
let made = 0;
const place = () => join(root, `${++made}`);
const records = chainRecords();

function modelNamed(name: string) {
  const { manifest } = chainBundle();
  return { name, manifest, predictor: createPredictor(chainBundle()) };
}

/** A server of two models and an endpoint with a shadow, which captures. */
async function capturing(folder: string, options: Partial<CaptureOptions> = {}) {
  const { manifest, predictor } = modelNamed('model');
  const models = ModelHost.of('model', { manifest, predictor });
  models.add('next', { manifest, predictor, bytes: 1 });
  const registry = new Registry();
  const troubles: unknown[] = [];
  const onTrouble = (error: unknown) => troubles.push(error);
  const capture = await openCapture({ folder, share: 1, registry, onTrouble, ...options });
  const endpoints = await parseEndpoints(
    JSON.stringify([
      {
        EndpointName: 'lung',
        ProductionVariants: [{ VariantName: 'main', ModelName: 'model', InitialVariantWeight: 1 }],
        ShadowProductionVariants: [{ VariantName: 'new', ModelName: 'next', InitialVariantWeight: 1 }],
      },
    ]),
    'endpoints.json',
  );
  const extensions = [capture.extension, metricsExtension({ models, registry })];
  const app = buildApp({ models, defaultModel: 'model', extensions, endpoints, store: storeOfOne });
  const post = async (url: string, payload: unknown, headers: Record<string, string> = {}) => {
    const reply = await app.inject({
      method: 'POST',
      url,
      payload: JSON.stringify(payload),
      headers: { 'content-type': 'application/json', ...headers },
    });
    expect(reply.statusCode).toBe(200);
    return reply;
  };
  const metric = async (name: string) => {
    const page = (await app.inject('/metrics')).body;
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(page)?.[1]);
  };
  const close = async () => {
    await app.close();
    await capture.close();
  };
  return { app, post, metric, close, troubles };
}

const clinicalRecord = {
  version: 1,
  isDeleted: false,
  eventTime: '1970-01-01T00:00:00.000Z',
  values: { Age: 60, NeverSeen: null, Gender_Male: 1 },
};
/** One patient with one clinical record. */
const storeOfOne = {
  listGroups: async () =>
    [...new Set(chainBundle().manifest.columns.map(({ group }) => group))].map((name) => ({ name })),
  history: async (group: string, id: string) => (group === 'clinical' && id === 'R01-001' ? [clinicalRecord] : []),
} as unknown as CaseStore;

const filesOf = (folder: string) => readdirSync(folder).sort();
const linesOf = (folder: string) =>
  filesOf(folder)
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CapturedRow);

describe('captured requests', () => {
  test('hold raw features and answers, of shadows too; identifiers as HMAC-SHA-256; files are the owner’s', async () => {
    const folder = place();
    const keyFile = join(root, 'key');
    const { post, close, metric } = await capturing(folder, { keyFile, now: () => 0 });
    const reply = await post('/invocations', records.slice(0, 2));
    await post('/endpoints/lung/invocations', [records[2]], { 'x-amzn-sagemaker-inference-id': 'patient-7' });
    await expect.poll(() => metric('thoracle_capture_rows_total')).toBe(4);
    await close();
    const lines = linesOf(folder);
    const { predictions } = reply.json();
    for (const [row, line] of lines.slice(0, 2).entries()) {
      const { imputed: _i, outOfRange: _o, ...answer } = predictions[row];
      const names = modelNamed('model').predictor.featureNames;
      expect(line).toEqual({
        format: 1,
        at: '1970-01-01T00:00:00.000Z',
        sample: 1,
        request: null,
        case: null,
        row,
        model: 'model',
        version: 'recorded-cha',
        modelId: 'recorded-chain',
        variant: '',
        shadow: null,
        features: Object.fromEntries(names.map((name) => [name, records[row]?.[name] ?? null])),
        answer,
      });
    }
    const key = Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'hex');
    const request = createHmac('sha256', key).update('request\0patient-7').digest('hex');
    expect(lines.slice(2)).toMatchObject([
      { sample: 2, request, model: 'model', variant: 'main', shadow: null },
      { sample: 2, request, model: 'next', variant: 'main', shadow: 'new' },
    ]);
    for (const name of filesOf(folder)) {
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain('patient-7');
    }
    expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  });

  test('patients of the store are pseudonyms, the same for the same key', () => {
    const { predictor, ...model } = modelNamed('model');
    const rows = new Float64Array(predictor.featureNames.length).fill(Number.NaN);
    const shared = { at: '', sample: 1, inferenceId: '', variant: '', shadow: null, cases: ['R01-001'] };
    const predictions = predictor.predictRows(rows);
    const request = { ...shared, model: { version: '1', predictor, ...model }, rows, predictions };
    const lineUnder = (key: Uint8Array) => lineOf(request, 0, pseudonyms(key));
    const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    expect(lineUnder(a)).toBe(lineUnder(a));
    expect(lineUnder(a)).not.toContain('R01-001');
    const caseOf = (key: Uint8Array) => (JSON.parse(lineUnder(key)) as CapturedRow).case;
    expect(caseOf(a)).toBe(createHmac('sha256', a).update('case\0R01-001').digest('hex'));
    expect(caseOf(b)).not.toBe(caseOf(a));
  });

  test('a stored patient that is asked about by id is in the files by pseudonym only', async () => {
    const folder = place();
    const keyFile = join(root, 'key-of-cases');
    const { post, close } = await capturing(folder, { keyFile });
    await post('/predict', { cases: ['R01-001'] });
    await post('/explain', { cases: ['R01-001'] });
    await close();
    const key = Buffer.from(readFileSync(keyFile, 'utf8').trim(), 'hex');
    const pseudonym = createHmac('sha256', key).update('case\0R01-001').digest('hex');
    expect(linesOf(folder).map((line) => [line.case, line.features.Age])).toEqual([
      [pseudonym, 60],
      [pseudonym, 60],
    ]);
    expect(filesOf(folder).some((name) => readFileSync(join(folder, name), 'utf8').includes('R01-001'))).toBe(false);
  });

  test('a key of before is used again; one that others may read, or that is none, is refused', async () => {
    const file = join(root, 'again', 'key');
    expect(Buffer.from(await captureKey(file))).toEqual(Buffer.from(await captureKey(file)));
    expect(Buffer.from(await captureKey(undefined))).not.toEqual(Buffer.from(await captureKey(undefined)));
    const open = join(root, 'open-key');
    writeFileSync(open, 'a'.repeat(64), { mode: 0o644 });
    await expect(captureKey(open)).rejects.toThrow('others may read it');
    const none = join(root, 'no-key');
    writeFileSync(none, 'secret', { mode: 0o600 });
    await expect(captureKey(none)).rejects.toMatchObject({ code: 'SERVING_CAPTURE' });
    await expect(captureKey(root)).rejects.toMatchObject({ code: 'SERVING_CAPTURE' });
    const onTrouble = () => undefined;
    await expect(openCapture({ folder: join(open, 'below'), onTrouble })).rejects.toMatchObject({
      code: 'SERVING_CAPTURE',
    });
  });

  test('files are bounded in size and number; the oldest go', async () => {
    const folder = place();
    const files = new CaptureFiles(folder, { fileBytes: 100, files: 3 }, () => 0);
    await files.begin();
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    for (let i = 0; i < 20; i++) await files.write(`${'x'.repeat(39)}\n`);
    await files.write(`${'y'.repeat(300)}\n`);
    await files.close();
    const names = filesOf(folder);
    expect(names).toHaveLength(4);
    expect(names).toContain('notes.txt');
    expect(names.map((name) => statSync(join(folder, name)).size).sort((a, b) => a - b)).toEqual([4, 80, 80, 301]);
  });

  test('when writing fails capturing stops, is told once and counted; requests are answered', async () => {
    const folder = place();
    const { post, metric, troubles, close } = await capturing(folder, { limitBytes: 64 });
    await post('/invocations', [records[0]]);
    await expect.poll(() => metric('thoracle_capture_rows_total')).toBe(1);
    rmSync(folder, { recursive: true });
    await post('/invocations', records.slice(0, 3));
    await expect.poll(() => metric('thoracle_capture_stopped')).toBe(1);
    await post('/invocations', records.slice(0, 2));
    expect(await metric('thoracle_capture_dropped_rows_total')).toBe(5);
    await close();
    expect(troubles).toMatchObject([{ code: 'ENOENT' }]);
  });

  test('a disk that is full in the middle: what was written is counted, the rest dropped', async () => {
    const troubles: unknown[] = [];
    let writes = 0;
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const files = {
      write: async () => {
        if (++writes > 1) throw full;
      },
      close: async () => {
        throw full;
      },
    };
    const queue = new CaptureQueue(
      files,
      () => 'line\n',
      (error) => troubles.push(error),
    );
    const wide = { rows: new Float64Array(30_000), predictions: new Array(6).fill({}) } as unknown as CapturedRequest;
    queue.add(wide);
    queue.add(wide);
    await queue.close();
    expect(queue.counts).toEqual({ written: 2, dropped: 10, stopped: true });
    expect(troubles).toEqual([full]);
    expect(queue.hasRoom(1, 1)).toBe(false);
  });

  test('of too much at a time the rest is dropped and counted, and room comes back', async () => {
    let release: () => void = () => undefined;
    const blocked = new Promise<void>((done) => {
      release = done;
    });
    const queue = new CaptureQueue(
      { write: () => blocked, close: async () => undefined },
      () => '\n',
      () => undefined,
    );
    const big = {
      rows: new Float64Array(1_500_000),
      predictions: new Array(100).fill({}),
    } as unknown as CapturedRequest;
    expect(queue.hasRoom(1_500_000, 100)).toBe(true);
    queue.add(big);
    expect(queue.hasRoom(1_500_000, 100)).toBe(false);
    expect(queue.counts).toEqual({ written: 0, dropped: 100, stopped: false });
    release();
    await queue.close();
    expect(queue.counts).toMatchObject({ written: 100, dropped: 100 });
  });
});

describe('the choice of requests', () => {
  test('is near the share, the same for the same ids and seed, another for another seed', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `request-${i}`);
    const chosen = (seed: number) => ids.filter(sampling(0.1, seed));
    expect(Math.abs(chosen(0).length / ids.length - 0.1)).toBeLessThan(0.01);
    expect(chosen(0)).toEqual(chosen(0));
    const both = new Set(chosen(0));
    expect(chosen(1).filter((id) => both.has(id)).length / ids.length).toBeLessThan(0.02);
    const counted = sampling(0.25, 3);
    const some = Array.from({ length: 20_000 }, () => counted(''));
    expect(Math.abs(some.filter(Boolean).length / some.length - 0.25)).toBeLessThan(0.01);
    const again = sampling(0.25, 3);
    expect(Array.from({ length: 20_000 }, () => again(''))).toEqual(some);
    expect(ids.every(sampling(1, 5))).toBe(true);
    expect(ids.some(sampling(0, 5))).toBe(false);
  });
});
