import { expect, test } from 'vitest';
import type { IngestOptions, IngestProgress, ValidationRule } from '../contract/index.js';
import { definition, groupOf, type Row, tableOf } from './fixtures.js';
import type { StoreFactory } from './store-factory.js';

const group = groupOf('labs', [
  definition('value'),
  definition('grade', 'integer'),
  definition('unit', 'string', 'metadata'),
]);
const rowsOf = (count: number, shift = 0): Row[] =>
  Array.from({ length: count }, (_, i) => ({ case_id: `P${i}`, event_time: 0, value: i + shift, grade: 1, unit: 'g' }));

/** Tables in batches, conflicts, rules and quarantine. */
export function ingestRules(open: StoreFactory): void {
  batches(open);
  conflicts(open);
  validation(open);

  test.each<readonly [string, unknown]>([
    ['an unknown option', { batch: 1 }],
    ['an unknown policy', { onConflict: 'merge' }],
    ['no rows in a batch', { batchRows: 0 }],
    ['too many workers', { workers: 17 }],
    ['an unknown way with invalid rows', { onInvalid: 'drop' }],
  ])('refused: %s', async (_what, options) => {
    const store = await open();
    const call = store.ingest(tableOf(group, rowsOf(1)), options as IngestOptions);
    await expect(call).rejects.toMatchObject({ code: 'STORE_BAD_OPTIONS' });
    expect(await store.listGroups()).toEqual([]);
    await store.close();
  });
}

function batches(open: StoreFactory): void {
  test('batches by several workers write every row once, report progress, and change nothing the second time', async () => {
    const store = await open();
    const progress: IngestProgress[] = [];
    const options = { batchRows: 30, workers: 4, onProgress: (p: IngestProgress) => progress.push(p) };
    const table = tableOf(group, rowsOf(100));
    expect(await store.ingest(table, options)).toMatchObject({ written: 100, unchanged: 0 });
    expect(progress.map((p) => p.batchesDone)).toEqual([1, 2, 3, 4]);
    expect(progress.at(-1)).toEqual({ rowsDone: 100, rowCount: 100, batchesDone: 4, batchCount: 4 });
    expect(await store.ingest(table, options)).toMatchObject({ written: 0, unchanged: 100 });
    expect((await store.query('SELECT count(*), sum(value) FROM labs_history')).rows).toEqual([[100, 4950]]);
    expect(await store.waitForRecords('labs', 100, 1000)).toBe(100);
    await expect(store.waitForRecords('labs', 101, 60)).rejects.toMatchObject({ code: 'STORE_WAIT_TIME' });
    await store.close();
  });

  test('a wait ends when the records are there', async () => {
    const store = await open();
    await store.createGroup(group);
    const wait = store.waitForRecords('labs', 5, 20_000);
    await store.ingest(tableOf(group, rowsOf(5)));
    expect(await wait).toBe(5);
    await store.close();
  });
}

function conflicts(open: StoreFactory): void {
  test('other content for the same id and event time: replaced, kept or refused by name', async () => {
    const store = await open();
    await store.ingest(tableOf(group, rowsOf(2)));
    const changed = tableOf(group, [...rowsOf(1), { ...rowsOf(2)[1], value: 99 } as Row, ...rowsOf(3).slice(2)]);
    await expect(store.ingest(changed, { onConflict: 'error' })).rejects.toMatchObject({
      code: 'STORE_CONFLICT',
      message: expect.stringMatching(/row 2 has the record id "P1".*"value" is 1 there and 99 here/),
    });
    expect((await store.query('SELECT count(*) FROM labs_history')).rows).toEqual([[2]]);
    const kept = await store.ingest(changed, { onConflict: 'keep' });
    expect(kept).toMatchObject({ written: 1, unchanged: 1, kept: 1, replaced: 0 });
    expect((await store.record.get('labs', 'P1'))?.values.value).toBe(1);
    expect(await store.ingest(changed)).toMatchObject({ written: 1, unchanged: 2, kept: 0, replaced: 1 });
    expect((await store.record.get('labs', 'P1'))?.values.value).toBe(99);
    expect((await store.history('labs', 'P1')).map((row) => row.values.value)).toEqual([1, 99]);
    await store.close();
  });
}

const rules: readonly ValidationRule[] = [
  { feature: 'value', min: 0, max: 10, required: true },
  { feature: 'unit', allowed: ['g', 'mg'] },
];
const mixed: readonly Row[] = [
  { case_id: 'P1', event_time: 0, value: 10, grade: 1, unit: 'g' },
  { case_id: 'P2', event_time: 0, value: 10.5, grade: 1, unit: 'kg' },
  { case_id: 'P3', event_time: 0, value: null, grade: 1, unit: null },
];

function validation(open: StoreFactory): void {
  test('rows that break a rule are refused with their reasons, or put in quarantine', async () => {
    const store = await open({ now: () => 77 });
    const table = tableOf(group, mixed);
    await expect(store.ingest(table, { rules })).rejects.toMatchObject({
      code: 'STORE_INVALID_ROWS',
      message: expect.stringMatching(
        /2 rows .* row 2: "value" is 10.5, above 10, "unit" is "kg".*row 3: "value" is missing/,
      ),
    });
    expect(await store.listGroups()).toEqual([]);
    const result = await store.ingest(table, { rules, onInvalid: 'quarantine' });
    expect(result).toMatchObject({ written: 1, unchanged: 0, quarantined: 2 });
    const aside = await store.quarantine('labs');
    expect(aside.map((r) => [r.row, r.id, r.reasons.length])).toEqual([
      [2, 'P2', 2],
      [3, 'P3', 1],
    ]);
    expect(aside[0]).toMatchObject({
      version: 1,
      quarantinedAt: new Date(77).toISOString(),
      values: { value: 10.5, unit: 'kg' },
    });
    expect(await store.record.get('labs', 'P2')).toBeUndefined();
    await store.close();
  });

  test.each<readonly [string, unknown, string, string]>([
    ['an unknown feature', { feature: 'valu', min: 0 }, 'STORE_BAD_RULE', '"value"'],
    ['an unknown condition', { feature: 'value', minimum: 0 }, 'STORE_BAD_RULE', '"minimum"'],
    ['a range of text', { feature: 'unit', min: 0 }, 'STORE_BAD_RULE', 'text'],
    ['a range that holds nothing', { feature: 'value', min: 2, max: 1 }, 'STORE_BAD_RULE', 'min 2 is above max 1'],
    ['allowed values of another type', { feature: 'grade', allowed: ['1'] }, 'STORE_BAD_RULE', 'number'],
    ['too much missing', { feature: 'value', maxMissingRate: 0.3 }, 'STORE_MISSING_RATE', '33.33 %'],
  ])('refused: %s', async (_what, rule, code, mentions) => {
    const store = await open();
    const call = store.ingest(tableOf(group, mixed), { rules: [rule as ValidationRule], onInvalid: 'quarantine' });
    await expect(call).rejects.toMatchObject({ code, message: expect.stringContaining(mentions) });
    expect(await store.listGroups()).toEqual([]);
    await store.close();
  });
}
