import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openDuckDbStore } from '../featurestore/index.js';
import { createPredictor } from '../serving/index.js';
import { createBooster } from '../serving/predict/booster/booster.js';
import { chainRows } from '../serving/reference/chain-bundle.js';
import { writeModelFolder } from '../test/serving/model-folders.js';
import { startServing, thoracle } from '../test/thoracle.js';
import { readArchive } from '../training/bundle/archive.js';
import { applySteps, type BundleManifest } from '../training/bundle/index.js';
import { listRuns, loadBundle, loadNativeLibrary } from '../training/index.js';
import { referenceCases } from '../training/test/reference.js';
import { Booster, DMatrix } from '../training/xgboost/index.js';

interface Artifact {
  readonly name: string;
  readonly form: string;
  readonly version: string;
  readonly content: string;
  readonly rows: readonly number[];
  readonly predictions: readonly number[];
}

const root = mkdtempSync(join(tmpdir(), 'thoracle-model-'));
const at = (name: string): string => join(root, name);
afterAll(() => rmSync(root, { recursive: true, force: true }));

const artifact = referenceCases<readonly Artifact[]>('xgboost-artifacts.json').find(
  ({ form, version }) => form === 'model.tar.gz of a pickle' && version.startsWith('1.7'),
) as Artifact;
const file = at('model.tar.gz');
writeFileSync(file, Buffer.from(artifact.content, 'base64'));
const rows = Array.from({ length: 5 }, (_, i) => artifact.rows.slice(3 * i, 3 * i + 3));
const store = at('runs.duckdb');

/** The booster of an exported file, in XGBoost's own library, has the margins of this program's predictor. */
async function sameMargins(exported: string, values: Float64Array): Promise<void> {
  const files = await readArchive(readFileSync(exported), exported);
  const manifest = JSON.parse(Buffer.from(files.get('manifest.json') ?? []).toString('utf8')) as BundleManifest;
  const [{ steps, model, inputs }] = manifest.members as readonly [BundleManifest['members'][number]];
  if (model.kind !== 'booster') throw new Error('a booster was expected');
  const names = manifest.columns.map(({ feature }) => feature);
  const n = values.length / names.length;
  const { rows: prepared, p } = applySteps(steps, values, n, names.length, names);
  expect(p).toBe(inputs.length);
  const library = loadNativeLibrary();
  const bytes = files.get(model.file) as Uint8Array;
  using booster = Booster.load(library, bytes);
  using matrix = new DMatrix(library, { values: Float32Array.from(prepared), n, p });
  const margins = booster.predict(matrix, 'margin');
  const own = createBooster(JSON.parse(Buffer.from(bytes).toString('utf8')));
  expect([...own.margins(prepared)]).toEqual([...margins]);
  const { manifest: read, boosters } = await loadBundle(exported);
  const answers = createPredictor({ manifest: read, boosters }).predictRows(values);
  for (const [i, margin] of margins.entries()) expect(answers[i]?.risk).toBeCloseTo(margin, 12);
}

test('an exported chain with principal components is read by XGBoost’s own library', async () => {
  await writeModelFolder(at('chain'));
  expect((await thoracle('model', 'export', at('chain'), '--out', at('chain.tar.gz'))).code).toBe(0);
  await sameMargins(at('chain.tar.gz'), chainRows());
});

describe('a SageMaker artifact from XGBoost 1.7', () => {
  test('becomes a model that predicts and serves what it predicted there, and goes out again as one file', async () => {
    await (await openDuckDbStore({ file: store })).close();
    const columns = 'age,weight,pack years';
    const imported = await thoracle(
      'model',
      'import',
      file,
      '--out',
      at('model'),
      '--task',
      'status',
      '--columns',
      columns,
      '--store',
      store,
      '--json',
    );
    expect(imported.code, imported.stderr).toBe(0);
    const { model } = JSON.parse(imported.stdout) as { readonly model: string };
    expect(JSON.parse(imported.stdout)).toMatchObject({
      form: 'pickled booster',
      objective: 'binary:logistic',
      columns: columns.split(','),
    });
    expect(imported.stderr).toContain('was trained elsewhere');
    expect(readFileSync(at('model/model-card.md'), 'utf8')).toContain('The roles of its columns are not known');

    const asked = rows.map((row) => ({ age: row[0], weight: row[1], 'pack years': row[2] }));
    writeFileSync(at('rows.json'), JSON.stringify(asked));
    const predict = async (place: string) =>
      JSON.parse((await thoracle('predict', '--model', place, '--input', at('rows.json'), '--json')).stdout) as {
        readonly predictions: readonly { readonly probability: number; readonly outOfRange: readonly string[] }[];
      };
    const { predictions } = await predict(at('model'));
    for (const [i, value] of artifact.predictions.entries()) {
      expect(Math.abs((predictions[i]?.probability ?? 0) - value)).toBeLessThan(2e-7);
      expect(predictions[i]?.outOfRange).toEqual([]);
    }

    const exported = at('exported.tar.gz');
    expect((await thoracle('model', 'export', at('model'), '--out', exported)).code).toBe(0);
    expect((await predict(exported)).predictions).toEqual(predictions);
    await thoracle('model', 'export', at('model'), '--out', at('again.tar.gz'));
    expect(readFileSync(at('again.tar.gz')).equals(readFileSync(exported))).toBe(true);
    const twice = await thoracle('model', 'export', at('model'), '--out', exported);
    expect(twice.code).toBe(2);
    expect(twice.stderr).toContain('exported.tar.gz exists; expected a new file');

    await sameMargins(exported, Float64Array.from(rows.flat()));

    const server = await startServing('--model', exported, '--port', '0');
    const reply = await fetch(`${server.url}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ instances: asked }),
    });
    const served = (await reply.json()) as { readonly predictions: readonly { readonly score: number }[] };
    await server.stop();
    expect(served.predictions).toHaveLength(5);

    const opened = await openDuckDbStore({ file: store, readOnly: true });
    const [run] = await listRuns(opened, { kind: 'import' });
    await opened.close();
    expect(run).toMatchObject({
      status: 'finished',
      name: 'model.tar.gz',
      artifacts: [{ name: 'model', sha256: model }],
    });
  }, 60_000);
});

describe('thoracle model refuses in one sentence', () => {
  const evil = at('evil.bin');
  writeFileSync(evil, 'neither this nor that');
  test.each([
    [['import', at('absent.tar.gz'), '--out', at('x')], 'absent.tar.gz does not exist'],
    [['import', root, '--out', at('x')], 'is a folder; a file was expected'],
    [['import', evil, '--out', at('x')], 'evil.bin'],
    [
      ['import', file, '--out', at('x'), '--task', 'survival'],
      'its objective binary:logistic is of the task status, not survival',
    ],
    [['import', file, '--out', at('x'), '--columns', 'a,b'], 'it has 3 inputs, but 2 columns are named'],
    [['import', file, '--out', root], 'exists and is no model of ours'],
    [['export', root, '--out', at('y.tar.gz')], 'manifest.json cannot be read'],
  ])('%j', async (args, message) => {
    const { code, stderr } = await thoracle('model', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('a failed import is among the runs', async () => {
    await thoracle('model', 'import', file, '--out', at('x'), '--columns', 'a', '--store', store);
    const opened = await openDuckDbStore({ file: store, readOnly: true });
    const failed = await listRuns(opened, { kind: 'import', status: 'failed' });
    await opened.close();
    expect(failed[0]?.failure).toContain('it has 3 inputs, but 1 columns are named');
  });
});
