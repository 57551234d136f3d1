import { expect, test } from 'vitest';
import type { DatasetSpec, FeatureStore } from '../contract/index.js';
import { definition, groupOf, type Row, tableOf } from './fixtures.js';
import type { StoreFactory } from './store-factory.js';

const clinical = groupOf('clinical', [
  definition('age', 'integer', 'feature', 'a'),
  definition('stage', 'string', 'feature'),
  definition('chemo', 'integer', 'post-baseline'),
  definition('days', 'double', 'outcome', 'd'),
  definition('died', 'integer', 'outcome'),
  definition('label', 'integer', 'label'),
  definition('seen', 'timestamp', 'followup', 'ms'),
]);
const genomic = groupOf('genomic', [definition('EGFR'), definition('KRAS')]);

const patients: readonly Row[] = [
  { case_id: 'P3', event_time: 0, age: 70, chemo: 1, days: 30, died: 1 },
  { case_id: 'P1', event_time: 0, age: 50, chemo: 0, days: 10, died: 0 },
  { case_id: 'P2', event_time: 0, age: null, chemo: null, days: null, died: 1 },
  { case_id: 'P4', event_time: 0, age: 40, chemo: 0, days: 40, died: null },
];
const genes: readonly Row[] = [
  { case_id: 'P2', event_time: 0, EGFR: 2.5, KRAS: null },
  { case_id: 'P1', event_time: 0, EGFR: 1.5, KRAS: 11 },
  { case_id: 'P4', event_time: 0, EGFR: 4.5, KRAS: 44 },
  { case_id: 'P5', event_time: 0, EGFR: 5.5, KRAS: 55 },
];
const outcome = { group: 'clinical', timeDays: 'days', event: 'died' };
const both: DatasetSpec = { groups: [{ name: 'clinical' }, { name: 'genomic' }], join: 'left', outcome };

async function filled(open: StoreFactory, reversed = false): Promise<FeatureStore> {
  const store = await open();
  const order = (rows: readonly Row[]) => (reversed ? [...rows].reverse() : rows);
  await store.ingest(tableOf(clinical, order(patients)));
  await store.ingest(tableOf(genomic, order(genes)));
  return store;
}

/** Joins by nested loops over the rows above. */
function naiveMatrix(ids: readonly string[]): number[] {
  return ids.flatMap((id) => {
    const a = patients.find((row) => row.case_id === id);
    const b = genes.find((row) => row.case_id === id);
    return [a?.age, b?.EGFR, b?.KRAS].map((value) => (value ?? Number.NaN) as number);
  });
}

/** Joins, roles, outcomes and points in time. */
export function datasetRules(open: StoreFactory): void {
  joins(open);
  rolesAndNames(open);
  badSpecs(open);
  pointsInTime(open);

  test('the digest does not depend on the order of writing, and depends on every value, outcome and column', async () => {
    const store = await filled(open);
    const turned = await filled(open, true);
    const { digest } = await store.dataset(both);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await turned.dataset(both)).digest).toBe(digest);
    const others = [
      { ...both, join: 'inner' as const },
      { ...both, groups: [{ name: 'clinical' }] },
      { ...both, groups: [...both.groups].reverse(), join: 'inner' as const },
      { ...both, allow: [{ group: 'clinical', feature: 'chemo' }] },
    ];
    const digests = [digest];
    for (const spec of others) digests.push((await store.dataset(spec)).digest);
    await store.ingest(tableOf(clinical, [{ ...patients[0], days: 31 } as Row]));
    digests.push((await store.dataset(both)).digest);
    await store.ingest(tableOf(genomic, [{ ...genes[0], EGFR: 2.5000000000000004 } as Row]));
    digests.push((await store.dataset(both)).digest);
    expect(new Set(digests).size).toBe(digests.length);
    await store.close();
    await turned.close();
  });
}

function joins(open: StoreFactory): void {
  const cases = [
    { join: 'left', ids: ['P1', 'P2', 'P3'], leftOut: { P4: 'no outcome', P5: 'no record in clinical' } },
    {
      join: 'inner',
      ids: ['P1', 'P2'],
      leftOut: { P3: 'no record in genomic', P4: 'no outcome', P5: 'no record in clinical' },
    },
    { join: 'full', ids: ['P1', 'P2', 'P3'], leftOut: { P4: 'no outcome', P5: 'no outcome' } },
  ] as const;
  test.each(cases)('$join join', async ({ join, ids, leftOut }) => {
    const store = await filled(open);
    const dataset = await store.dataset({ ...both, join });
    expect(dataset.patientIds).toEqual(ids);
    expect(dataset.columns).toEqual([
      { group: 'clinical', version: 1, feature: 'age', role: 'feature', unit: 'a' },
      { group: 'genomic', version: 1, feature: 'EGFR', role: 'feature', unit: '1' },
      { group: 'genomic', version: 1, feature: 'KRAS', role: 'feature', unit: '1' },
    ]);
    expect([...dataset.values]).toEqual(naiveMatrix(ids));
    expect([...dataset.present]).toEqual(ids.flatMap((id) => [1, genes.some((row) => row.case_id === id) ? 1 : 0]));
    expect(dataset.leftOut).toEqual(Object.entries(leftOut).map(([patientId, reason]) => ({ patientId, reason })));
    expect(dataset.outcomes.slice(0, 2)).toEqual([
      { patientId: 'P1', timeDays: 10, event: false },
      { patientId: 'P2', timeDays: Number.NaN, event: true },
    ]);
    await store.close();
  });

  test('the outcome may lie in a group that is not joined', async () => {
    const store = await filled(open);
    const dataset = await store.dataset({ groups: [{ name: 'genomic' }], join: 'left', outcome });
    expect(dataset.patientIds).toEqual(['P1', 'P2']);
    expect(dataset.leftOut.map((p) => p.patientId)).toEqual(['P4', 'P5']);
    await store.close();
  });

  test('ids ascend by code point, beyond the basic plane too', async () => {
    const store = await open();
    const ids = ['\u{1f600}', '\uff5e', 'a', 'Z', 'é'];
    await store.ingest(
      tableOf(
        clinical,
        ids.map((id) => ({ case_id: id, event_time: 0, days: 1, died: 1 })),
      ),
    );
    const dataset = await store.dataset({ ...both, groups: [{ name: 'clinical' }] });
    expect(dataset.patientIds).toEqual(['Z', 'a', 'é', '\uff5e', '\u{1f600}']);
    await store.close();
  });
}

function rolesAndNames(open: StoreFactory): void {
  test('only numeric features enter; the rest is listed with its role, unless allowed by name', async () => {
    const store = await filled(open);
    const { excluded } = await store.dataset(both);
    expect(excluded.filter((c) => c.group === 'clinical').map((c) => [c.feature, c.role])).toEqual([
      ['event_time', 'metadata'],
      ['stage', 'feature'],
      ['chemo', 'post-baseline'],
      ['days', 'outcome'],
      ['died', 'outcome'],
      ['label', 'label'],
      ['seen', 'followup'],
    ]);
    const allowed = await store.dataset({ ...both, allow: [{ group: 'clinical', feature: 'chemo' }] });
    expect(allowed.columns.map((c) => c.feature)).toEqual(['age', 'chemo', 'EGFR', 'KRAS']);
    expect(allowed.columns[1]?.role).toBe('post-baseline');
    expect([...allowed.values.filter((_, i) => i % 4 === 1)]).toEqual([0, Number.NaN, 1]);
    const chosen = await store.dataset({ ...both, groups: [{ name: 'genomic', features: ['KRAS'] }] });
    expect(chosen.columns.map((c) => c.feature)).toEqual(['KRAS']);
    const leak = await store.dataset({ ...both, groups: [{ name: 'clinical', features: ['age', 'days'] }] });
    expect(leak.columns.map((c) => c.feature)).toEqual(['age']);
    await store.close();
  });
}

const wrong: readonly (readonly [string, unknown, string, string])[] = [
  ['an unknown group', { ...both, groups: [{ name: 'genomics' }] }, 'STORE_UNKNOWN_GROUP', 'clinical, genomic'],
  ['an unknown version', { ...both, groups: [{ name: 'genomic', version: 3 }] }, 'STORE_UNKNOWN_VERSION', 'version 3'],
  [
    'an unknown feature',
    { ...both, groups: [{ name: 'genomic', features: ['EGRF'] }] },
    'STORE_UNKNOWN_FEATURE',
    '"EGFR"',
  ],
  [
    'an unknown allowed column',
    { ...both, allow: [{ group: 'clinical', feature: 'cemo' }] },
    'STORE_UNKNOWN_FEATURE',
    '"chemo"',
  ],
  ['an allowed text', { ...both, allow: [{ group: 'clinical', feature: 'stage' }] }, 'STORE_NOT_NUMERIC', '"stage"'],
  ['a listed text', { ...both, groups: [{ name: 'clinical', features: ['stage'] }] }, 'STORE_NOT_NUMERIC', '"stage"'],
  ['a column of a group not joined', { ...both, allow: [{ group: 'x', feature: 'y' }] }, 'STORE_BAD_SPEC', '"y"'],
  ['an unknown outcome', { ...both, outcome: { ...outcome, event: 'dead' } }, 'STORE_UNKNOWN_FEATURE', '"dead"'],
  ['a text as outcome', { ...both, outcome: { ...outcome, event: 'stage' } }, 'STORE_NOT_NUMERIC', '"stage"'],
  [
    'an event that is no flag',
    { ...both, outcome: { ...outcome, event: 'age' } },
    'STORE_BAD_OUTCOME',
    'expected 0 or 1',
  ],
  ['an unknown key', { ...both, asof: 1 }, 'STORE_BAD_SPEC', '"asof"'],
  ['an unknown join', { ...both, join: 'outer' }, 'STORE_BAD_SPEC', '"outer"'],
  ['no group', { ...both, groups: [] }, 'STORE_BAD_SPEC', 'groups is empty'],
  ['a group twice', { ...both, groups: [{ name: 'genomic' }, { name: 'genomic' }] }, 'STORE_BAD_SPEC', 'twice'],
  ['a time that is no number', { ...both, asOfMs: Number.NaN }, 'STORE_BAD_SPEC', 'asOfMs'],
  ['half an outcome', { ...both, outcome: { group: 'clinical', event: 'died' } }, 'STORE_BAD_SPEC', 'timeDays'],
  ['a line that is no number', { ...both, groups: [{ name: 'genomic', upToSeq: '4' }] }, 'STORE_BAD_SPEC', 'upToSeq'],
  ['lines that are not there', { ...both, groups: [{ name: 'genomic', upToSeq: 5 }] }, 'STORE_HISTORY_GONE', 'up to 4'],
  [
    'an outcome of another line than the one that is joined',
    { ...both, outcome: { ...outcome, upToSeq: 3 } },
    'STORE_BAD_SPEC',
    'another version or line',
  ],
];

function badSpecs(open: StoreFactory): void {
  test.each(wrong)('refused: %s', async (_what, spec, code, mentions) => {
    const store = await filled(open);
    const dataset = store.dataset(spec as DatasetSpec);
    await expect(dataset).rejects.toMatchObject({ code, message: expect.stringContaining(mentions) });
    await store.close();
  });
}

function pointsInTime(open: StoreFactory): void {
  test('only the version asked for is read, and a deleted record is gone from every version', async () => {
    const store = await filled(open);
    const next = { ...genomic, settingsDigest: 's2' };
    await store.ingest(tableOf(next, [{ case_id: 'P1', event_time: 5, EGFR: 100, KRAS: 200 }]));
    const newest = await store.dataset({ ...both, groups: [{ name: 'genomic' }] });
    expect([newest.patientIds, [...newest.values]]).toEqual([['P1'], [100, 200]]);
    const reason = 'no record in genomic at version 2';
    const missed = ['P2', 'P4', 'P5'].map((patientId) => ({ patientId, reason }));
    for (const join of ['left', 'inner', 'full'] as const) {
      const { leftOut } = await store.dataset({ ...both, join, groups: [{ name: 'genomic' }] });
      expect(leftOut).toEqual(missed);
    }
    const beside = await store.dataset({ ...both, join: 'inner' });
    expect(beside.patientIds).toEqual(['P1']);
    expect(beside.leftOut[0]).toEqual({ patientId: 'P2', reason });
    const old = { ...both, groups: [{ name: 'genomic', version: 1 }] };
    expect([...(await store.dataset(old)).values]).toEqual([1.5, 11, 2.5, Number.NaN]);
    expect(await store.record.delete('genomic', 'P1')).toBe(true);
    expect((await store.dataset(old)).patientIds).toEqual(['P2']);
    expect((await store.dataset({ ...old, asOfMs: 4 })).patientIds).toEqual(['P1', 'P2']);
    await store.close();
  });
}
