import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import type { DatasetSpec, FeatureStore, PinnedDataset, StoredDataset } from '../contract/index.js';
import { definition, groupOf, plainGroup, plainTable, tableOf } from './fixtures.js';
import { NaiveLog } from './naive-log.js';
import type { StoreFactory } from './store-factory.js';

const ids = ['p1', 'p2', 'p3', 'p4', 'p5'];
const outcome = { group: 'plain', timeDays: 'days', event: 'died' };
const spec: DatasetSpec = { groups: [{ name: 'plain' }], join: 'left', outcome };

/** Everything of a dataset, through JSON as a file would have it. */
async function rebuilt(store: FeatureStore, pinned: PinnedDataset): Promise<StoredDataset> {
  return store.rebuildDataset(JSON.parse(JSON.stringify(pinned)) as PinnedDataset);
}

interface Remembered {
  readonly dataset: StoredDataset;
  readonly expected: readonly (readonly [string, number])[];
}

/** What a loop over the events finds at this moment. */
function naive(log: NaiveLog, asOfMs: number, clockMs: number): readonly (readonly [string, number])[] {
  return ids.flatMap((id) => {
    const found = log.latest(id, asOfMs, clockMs);
    return found === undefined ? [] : [[id, found.number] as const];
  });
}

function pairs({ patientIds, values }: StoredDataset): readonly (readonly [string, number])[] {
  return patientIds.map((id, row) => [id, values[row] as number] as const);
}

/** The dataset of an earlier time is what it was, whatever came later; and says so when it cannot be. */
export function rebuildRules(open: StoreFactory): void {
  unchanged(open);
  gone(open);

  test('without an outcome every patient is in, and needs none', async () => {
    const store = await open();
    const only = groupOf('only', [definition('x')]);
    await store.ingest(
      tableOf(only, [
        { case_id: 'b', event_time: 0, x: 2 },
        { case_id: 'a', event_time: 0, x: null },
      ]),
    );
    const dataset = await store.dataset({ groups: [{ name: 'only' }], join: 'inner' });
    expect(pairs(dataset)).toEqual([
      ['a', Number.NaN],
      ['b', 2],
    ]);
    expect([dataset.outcomes, dataset.leftOut]).toEqual([[], []]);
    expect(dataset.pinned).toEqual({
      format: 'thoracle-dataset',
      formatVersion: 1,
      spec: { groups: [{ name: 'only', version: 1, upToSeq: 2 }], join: 'inner' },
      digest: dataset.digest,
      patients: 2,
      columns: 1,
    });
    await store.close();
  });
  whole(open);
}

function whole(open: StoreFactory): void {
  test('what comes in many pieces is whole: dataset, statistics, export', async () => {
    const store = await open();
    const folder = mkdtempSync(path.join(tmpdir(), 'pieces-'));
    const names = Array.from({ length: 300 }, (_, i) => `q${String(i).padStart(3, '0')}`);
    const rows = names.map((id, i) => ({ id, eventTimeMs: 0, number: (i * 7) % 300, text: `t${i}` }));
    await store.ingest(plainTable([...rows].reverse()));
    expect(pairs(await store.dataset(spec))).toEqual(rows.map(({ id, number }) => [id, number]));
    const [number, text] = await store.statistics('plain');
    expect(number).toMatchObject({ count: 300, distinct: 300, numeric: { mean: 149.5, min: 0, max: 299 } });
    expect(text).toMatchObject({ count: 300, distinct: 300 });
    await store.export('plain', path.join(folder, 'x.csv'));
    const lines = readFileSync(path.join(folder, 'x.csv'), 'utf8').trim().split('\n').slice(1);
    expect(lines.map((line) => line.split(',')[0])).toEqual(names);
    rmSync(folder, { recursive: true });
    await store.close();
  });

  test('lines of a backup keep their numbers: the restored store rebuilds the dataset too', async () => {
    const store = await open();
    const folder = mkdtempSync(path.join(tmpdir(), 'rebuild-'));
    await store.ingest(plainTable(ids.map((id, i) => ({ id, eventTimeMs: i, number: i, text: null }))));
    const before = await store.dataset(spec);
    await store.ingest(plainTable([{ id: 'p1', eventTimeMs: 9, number: 9, text: null }]));
    await store.backup(path.join(folder, 'b'));
    const other = await open();
    await other.restore(path.join(folder, 'b'));
    expect(pairs(await rebuilt(other, before.pinned))).toEqual(pairs(before));
    rmSync(folder, { recursive: true });
    await other.close();
    await store.close();
  });
}

function unchanged(open: StoreFactory): void {
  test('writes of the same millisecond, late events, deletions, new versions change nothing; the values are those of a loop', async () => {
    const clockMs = 1000;
    const store = await open({ now: () => clockMs });
    const random = xoroshiro128plus(7);
    const upTo = (n: number): number => uniformInt(random, 0, n);
    const log = new NaiveLog();
    const remembered: Remembered[] = [];
    for (let step = 0; step < 24; step++) {
      const id = ids[upTo(ids.length - 1)] as string;
      if (step > 2 && upTo(3) === 0) {
        expect(await store.record.delete('plain', id)).toBe(log.delete(id, clockMs));
      } else if (step > 2 && upTo(5) === 0) {
        expect(await store.record.delete('plain', id, { mode: 'hard' })).toBe(log.deleteHard(id, clockMs));
      } else {
        const row = { id, eventTimeMs: upTo(5), number: upTo(99), text: null };
        log.ingest([row], clockMs);
        await store.ingest(plainTable([row]));
      }
      const asOfMs = upTo(6);
      const dataset = await store.dataset({ ...spec, asOfMs, ...(step % 2 ? { knownAtMs: clockMs } : {}) });
      const expected = naive(log, asOfMs, clockMs);
      expect(pairs(dataset)).toEqual(expected);
      remembered.push({ dataset, expected });
    }
    await store.ingest(tableOf({ ...plainGroup, settingsDigest: 's2' }, [{ case_id: 'p9', event_time: 0, number: 1 }]));
    for (const id of ids) await store.record.delete('plain', id, { mode: 'hard' });
    for (const { dataset, expected } of remembered) {
      const again = await rebuilt(store, dataset.pinned);
      expect(pairs(again)).toEqual(expected);
      expect({ ...again, spec: dataset.spec }).toEqual(dataset);
    }
    expect(new Set(remembered.map(({ dataset }) => dataset.digest)).size).toBeGreaterThan(8);
    await store.close();
  });

  test('the outcome of a group that is not joined is pinned too', async () => {
    const store = await open();
    const genes = groupOf('genes', [definition('EGFR')]);
    const row = { id: 'p1', eventTimeMs: 0, number: 1, text: null };
    await store.ingest(plainTable([row]));
    await store.ingest(tableOf(genes, [{ case_id: 'p1', event_time: 0, EGFR: 2 }]));
    const before = await store.dataset({ groups: [{ name: 'genes' }], join: 'left', outcome });
    expect(before.pinned.spec.outcome).toEqual({ ...outcome, version: 1, upToSeq: 1 });
    const next = { ...plainGroup, settingsDigest: 's2' };
    await store.ingest(tableOf(next, [{ case_id: 'p1', event_time: 0, number: 1, days: 7, died: 0 }]));
    expect((await store.dataset(before.spec)).outcomes).toEqual([{ patientId: 'p1', timeDays: 7, event: false }]);
    expect((await rebuilt(store, before.pinned)).outcomes).toEqual([{ patientId: 'p1', timeDays: 100, event: true }]);
    await store.close();
  });
}

function gone(open: StoreFactory): void {
  test('a group that was deleted with its history is the one thing that counts: the error says what is there', async () => {
    const store = await open();
    const rows = ids.map((id, i) => ({ id, eventTimeMs: 0, number: i, text: null }));
    await store.ingest(plainTable(rows));
    const { pinned, digest } = await store.dataset(spec);
    await store.deleteGroup('plain', 'plain');
    await expect(rebuilt(store, pinned)).rejects.toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
    await store.ingest(plainTable(rows.slice(0, 3)));
    await expect(rebuilt(store, pinned)).rejects.toMatchObject({
      code: 'STORE_HISTORY_GONE',
      message: expect.stringContaining('group "plain" has lines up to 3, the dataset was made of lines up to 5'),
    });
    await store.ingest(plainTable(rows.slice(3).map((row) => ({ ...row, number: 77 }))));
    const found = await store.dataset(spec);
    await expect(rebuilt(store, pinned)).rejects.toMatchObject({
      code: 'STORE_DATASET_DIFFERS',
      message: expect.stringMatching(new RegExp(`has 5 patients, 1 columns .*${found.digest}, expected .*${digest}`)),
    });
    await store.close();
  });

  test('refused: what describes no dataset, or leaves open which lines count', async () => {
    const store = await open();
    await store.ingest(plainTable([{ id: 'p1', eventTimeMs: 0, number: 1, text: null }]));
    const { pinned } = await store.dataset(spec);
    const cases: readonly (readonly [unknown, string])[] = [
      [null, 'not the description'],
      [{ ...pinned, format: 'x' }, 'not the description'],
      [{ ...pinned, formatVersion: 2 }, 'format is 2'],
      [{ ...pinned, digest: 'ab' }, 'no digest'],
      [{ ...pinned, spec: { ...pinned.spec, groups: [{ name: 'plain', version: 1 }] } }, '"plain" has no version'],
      [{ ...pinned, spec: { ...pinned.spec, outcome } }, '"plain" has no version'],
      [{ ...pinned, spec: { ...pinned.spec, join: 'x' } }, 'join'],
    ];
    for (const [wrong, mentions] of cases) {
      await expect(store.rebuildDataset(wrong as PinnedDataset)).rejects.toMatchObject({
        code: 'STORE_BAD_SPEC',
        message: expect.stringContaining(mentions),
      });
    }
    await store.close();
  });
}
