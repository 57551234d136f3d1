import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { definition, groupOf, tableOf } from '../../../featurestore/conformance/fixtures.js';
import { openDuckDbStore } from '../../../featurestore/index.js';
import { recordRun } from '../../../training/index.js';
import { main } from '../../main.js';

const folder = mkdtempSync(join(tmpdir(), 'thoracle-dataset-cli-'));
const at = (name: string): string => join(folder, name);
const store = ['--store', at('s.duckdb')];
const clinical = groupOf('clinical', [
  definition('age', 'integer', 'feature', 'a'),
  definition('chemo', 'integer', 'post-baseline'),
  definition('days', 'double', 'outcome', 'd'),
  definition('died', 'integer', 'outcome'),
]);
const genes = groupOf('genes', [definition('EGFR')]);

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const io = { stdout: { write: (t: string) => out.push(t) }, stderr: { write: (t: string) => err.push(t) } };
  const code = await main(['store', 'dataset', ...store, ...args], io);
  return { code, out: out.join(''), err: err.join('') };
}

async function withStore<T>(work: (opened: Awaited<ReturnType<typeof openDuckDbStore>>) => Promise<T>): Promise<T> {
  const opened = await openDuckDbStore({ file: at('s.duckdb') });
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}

beforeAll(() =>
  withStore(async (opened) => {
    await opened.ingest(
      tableOf(clinical, [
        { case_id: 'b', event_time: 0, age: 61, chemo: 1, days: 12.5, died: 1 },
        { case_id: 'a', event_time: 0, age: null, chemo: 0, days: 3, died: 0 },
        { case_id: 'c', event_time: 0, age: 50, chemo: 0, days: 3, died: null },
      ]),
    );
    await opened.ingest(tableOf(genes, [{ case_id: 'b', event_time: 86_400_000, EGFR: -0.1 }]));
  }),
);
afterAll(() => rmSync(folder, { recursive: true }));

const joined = ['--group', 'clinical', 'genes', '--outcome', 'clinical:days:died'];
const table = 'patient_id,clinical.age,clinical.chemo,genes.EGFR,time_days,event\na,,0,,3,0\nb,61,1,-0.1,12.5,1\n';

test('a table is written, and the same bytes again from its saved spec after later writes', async () => {
  const first = ['--allow', 'clinical:chemo', '--out', at('a.csv'), '--save-spec', at('a.json')];
  const made = await run(...joined, ...first, '--json');
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(readFileSync(at('a.csv'), 'utf8')).toBe(table);
  const document = JSON.parse(made.out);
  expect(document.pinned).toEqual(JSON.parse(readFileSync(at('a.json'), 'utf8')));
  expect(document.leftOut).toEqual([{ patientId: 'c', reason: 'no outcome' }]);
  await withStore(async (opened) => {
    await opened.ingest(tableOf(genes, [{ case_id: 'a', event_time: 0, EGFR: 5 }]));
    await opened.record.delete('clinical', 'b');
  });
  const again = await run('--spec', at('a.json'), '--out', at('b.csv'));
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining(document.pinned.digest) });
  expect(readFileSync(at('b.csv'), 'utf8')).toBe(table);
  writeFileSync(at('open.json'), JSON.stringify(document.pinned.spec.groups.map(({ name }: { name: string }) => name)));
  const now = await run(...joined, '--out', at('c.csv'));
  expect(now.code).toBe(0);
  expect(readFileSync(at('c.csv'), 'utf8')).toBe('patient_id,clinical.age,genes.EGFR,time_days,event\na,,5,3,0\n');
});

test('Parquet, points in time, no outcome, a spec written by hand', async () => {
  writeFileSync(at('hand.json'), JSON.stringify({ groups: [{ name: 'genes' }], join: 'inner', asOfMs: 1 }));
  expect(await run('--spec', at('hand.json'), '--out', at('h.csv'))).toMatchObject({ code: 0 });
  expect(readFileSync(at('h.csv'), 'utf8')).toBe('patient_id,genes.EGFR\na,5\n');
  const asOf = ['--group', 'genes', '--as-of', '1970-01-02', '--known-at', '9999-01-01'];
  for (const name of ['p.parquet', 'q.parquet']) expect((await run(...asOf, '--out', at(name))).code).toBe(0);
  expect(readFileSync(at('p.parquet'))).toEqual(readFileSync(at('q.parquet')));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(`SELECT * FROM '${at('p.parquet')}' ORDER BY 1`);
  expect(reader.getRowObjectsJson()).toEqual([
    { patient_id: 'a', 'genes.EGFR': 5 },
    { patient_id: 'b', 'genes.EGFR': -0.1 },
  ]);
  connection.closeSync();
});

test('the dataset of a remembered run, by the beginning of its id', async () => {
  const draft = {
    kind: 'train',
    name: 'made up',
    parentId: null,
    status: 'finished',
    failure: null,
    startedAtMs: 0,
    durationSeconds: 1,
    host: 'h',
    codeVersion: 'v',
    parameters: {},
    metrics: {},
    inputs: [],
    groups: [],
    artifacts: [],
  } as const;
  const [known, without] = await withStore(async (opened) => {
    const dataset = await opened.dataset({ groups: [{ name: 'genes' }], join: 'left' });
    const remembered = await recordRun(opened, { ...draft, dataset: dataset.pinned });
    return [remembered, await recordRun(opened, draft)];
  });
  expect(await run('--run', known.runId.slice(0, 12), '--out', at('r.csv'))).toMatchObject({ code: 0 });
  expect(readFileSync(at('r.csv'), 'utf8')).toBe('patient_id,genes.EGFR\na,5\nb,-0.1\n');
  const none = await run('--run', without.runId, '--out', at('r2.csv'));
  expect(none).toMatchObject({ code: 2, err: expect.stringContaining('does not say what its dataset') });
});

test.each([
  ['nothing to join', ['--out', at('x.csv')], 'give one of --spec'],
  ['two sources', [...joined, '--spec', at('a.json'), '--out', at('x.csv')], 'give one of --spec'],
  ['a point in time beside a spec', ['--spec', at('a.json'), '--as-of', '2020-01-01', '--out', at('x.csv')], 'its own'],
  ['a saved spec that is there', [...joined, '--out', at('x.csv'), '--save-spec', at('a.json')], 'exists'],
  ['no such spec', ['--spec', at('none.json'), '--out', at('x.csv')], 'none.json'],
  ['a spec that is a list', ['--spec', at('open.json'), '--out', at('x.csv')], 'no JSON object'],
  [
    'half an outcome',
    ['--group', 'clinical', '--outcome', 'clinical:days', '--out', at('x.csv')],
    'clinical:days:died',
  ],
  ['no time', ['--group', 'genes', '--as-of', 'noon', '--out', at('x.csv')], 'expected a time'],
  ['an unknown group', ['--group', 'gene', '--out', at('x.csv')], 'no feature group "gene"'],
  ['a name without ending', ['--group', 'genes', '--out', at('x')], '.csv or .parquet'],
])('refused: %s', async (_what, args, mentions) => {
  const { code, out, err } = await run(...args);
  expect(code).not.toBe(0);
  expect(out).toBe('');
  expect(err).toContain(mentions);
  expect(
    err
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('error: ')),
  ).toHaveLength(1);
});
