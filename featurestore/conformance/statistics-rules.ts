import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FeatureStore } from '../contract/index.js';
import { kolmogorovTail } from '../statistics/kolmogorov-smirnov.js';
import { definition, groupOf, tableOf } from './fixtures.js';
import type { StoreFactory } from './store-factory.js';

interface Reference {
  readonly described: readonly {
    readonly values: readonly (number | null)[];
    readonly count: number;
    readonly missing: number;
    readonly mean: number;
    readonly sd: number;
    readonly quantiles: readonly { readonly p: number; readonly value: number }[];
    readonly edges: readonly number[];
    readonly counts: readonly number[];
  }[];
  readonly drift: readonly {
    readonly name: string;
    readonly baseline: readonly number[];
    readonly current: readonly number[];
    readonly psi: number;
    readonly ks: number;
    readonly pValue: number;
  }[];
  readonly kolmogorov: readonly (readonly [number, number])[];
}

const file = new URL('../reference/statistics.json', import.meta.url);
const reference: Reference = JSON.parse(readFileSync(file, 'utf8'));
const group = groupOf('st', [definition('x'), definition('s', 'string', 'metadata')]);
const windows = { baseline: { fromMs: 0, beforeMs: 1000 }, current: { fromMs: 1000, beforeMs: 2000 } };

async function withStore(open: StoreFactory, work: (store: FeatureStore) => Promise<void>): Promise<void> {
  const store = await open();
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

/** Statistics and drift are those of NumPy and SciPy, of the records that count. */
export function statisticsRules(open: StoreFactory): void {
  referenceNumbers(open);
  countedRecords(open);
  infinities(open);
  refusedOptions(open);
}

function referenceNumbers(open: StoreFactory): void {
  test.each(reference.described.map((expected, index) => [index, expected] as const))(
    'numbers of sample %i are those of NumPy',
    async (_index, expected) => {
      await withStore(open, async (store) => {
        const rows = expected.values.map((x, row) => ({
          case_id: `p${row}`,
          event_time: 0,
          x,
          s: row % 3 ? 'b' : null,
        }));
        await store.ingest(tableOf(group, rows));
        const [x, s] = await store.statistics('st');
        expect(x).toMatchObject({ feature: 'x', count: expected.count, missing: expected.missing, infinite: 0 });
        expect(Math.abs((x?.numeric?.mean ?? 0) - expected.mean)).toBeLessThanOrEqual(1e-12 * Math.abs(expected.mean));
        expect(Math.abs((x?.numeric?.sd ?? -1) - expected.sd)).toBeLessThanOrEqual(1e-12 * expected.sd);
        for (const [i, { p, value }] of expected.quantiles.entries()) {
          expect(x?.numeric?.quantiles[i]?.p).toBe(p);
          expect(x?.numeric?.quantiles[i]?.value).toBeCloseTo(value, 10);
        }
        expect(x?.numeric?.histogram.counts).toEqual(expected.counts);
        for (const [i, edge] of expected.edges.entries()) expect(x?.numeric?.histogram.edges[i]).toBeCloseTo(edge, 10);
        const third = Math.ceil(rows.length / 3);
        expect(s).toMatchObject({ missing: third, distinct: 1, top: [{ value: 'b', count: rows.length - third }] });
        expect(s?.numeric).toBeUndefined();
      });
    },
  );

  test.each(reference.drift.map((expected) => [expected.name, expected] as const))(
    'drift of "%s" is that of SciPy',
    async (_name, expected) => {
      await withStore(open, async (store) => {
        const row = (time: number) => (x: number, i: number) => ({ case_id: `p${i}`, event_time: time, x, s: null });
        await store.ingest(tableOf(group, [...expected.baseline.map(row(999)), ...expected.current.map(row(1000))]));
        const [drift] = await store.drift('st', { ...windows, features: ['x'] });
        expect(drift?.baseline).toEqual({ count: expected.baseline.length, missing: 0 });
        expect(drift?.current).toEqual({ count: expected.current.length, missing: 0 });
        expect(drift?.psi).toBeCloseTo(expected.psi, 10);
        expect(drift?.ks).toBeCloseTo(expected.ks, 14);
        expect(Math.abs((drift?.ksPValue ?? 2) / expected.pValue - 1)).toBeLessThan(1e-9);
      });
    },
  );
}

function countedRecords(open: StoreFactory): void {
  test('of the records that count: late writes, deletions, versions, windows, what was known', async () => {
    let clockMs = 5000;
    const store = await open({ now: () => clockMs });
    const rows = [1, 2, 3].map((x) => ({ case_id: `p${x}`, event_time: x * 10, x, s: 'a' }));
    await store.ingest(tableOf(group, rows));
    clockMs = 6000;
    await store.ingest(tableOf(group, [{ case_id: 'p1', event_time: 10, x: Number.POSITIVE_INFINITY, s: 'b' }]));
    await store.record.delete('st', 'p2');
    const wider = groupOf('st', [definition('y'), definition('x')]);
    await store.ingest(tableOf(wider, [{ case_id: 'p4', event_time: 500, y: 8, x: 4 }]));
    const x = async (options: object) => (await store.statistics('st', { features: ['x'], ...options }))[0];
    expect(await x({})).toMatchObject({ count: 3, infinite: 1, distinct: 3, numeric: { mean: 3.5, min: 3, max: 4 } });
    expect(await x({ version: 1 })).toMatchObject({ count: 2, numeric: { mean: 3, sd: null } });
    expect(await x({ knownAtMs: 5000 })).toMatchObject({ count: 3, infinite: 0, numeric: { mean: 2, sd: 1 } });
    expect(await x({ window: { fromMs: 20, beforeMs: 500 } })).toMatchObject({ count: 1, numeric: { mean: 3 } });
    expect((await store.statistics('st', { features: ['y'] }))[0]).toMatchObject({ count: 1, missing: 2 });
    expect(await store.drift('st', { ...windows, features: ['y'] })).toMatchObject([
      { psi: null, ks: null, ksPValue: null, current: { count: 0, missing: 0 } },
    ]);
    const texts = await store.drift('st', {
      ...windows,
      current: { fromMs: 0, beforeMs: 21 },
      features: ['s'],
      version: 1,
    });
    // shares 1/2 a, 1/2 b and then b alone
    expect(texts[0]?.psi).toBeCloseTo((0.0001 - 0.5) * Math.log(0.0001 / 0.5) + 0.5 * Math.log(2), 12);
    await store.close();
  });
}

function infinities(open: StoreFactory): void {
  const [most, least] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  // edges of ten bins: -inf, 1.5, 2.4, 3.3, 4, inf; shares 0.4, 0.1 x 4, 0.2 and then 0.1, 0.1 x 4, 0.5
  const mixed = [least, least, least, least, 1, 2, 3, 4, most, most];
  const moved = (0.1 - 0.4) * Math.log(0.1 / 0.4) + (0.5 - 0.2) * Math.log(0.5 / 0.2);
  const far = Number.MAX_VALUE;
  test.each([
    ['among numbers', mixed, [1, 2, 3, 4, 5, 6, 7, 8, least, most], moved, 0.3],
    ['alone, the same', [most, most, most], [most, most], 0, 0],
    ['of one sign and then the other', [least, least], [most, most], (1 - 0.0001) * Math.log(1 / 0.0001) * 2, 1],
    ['almost', [-far, -far, far, far], [-far, -far, far, far], 0, 0],
  ])('drift of infinities: %s', async (_what, baseline, current, psi, ks) => {
    await withStore(open, async (store) => {
      const row = (time: number) => (x: number, i: number) => ({ case_id: `p${i}`, event_time: time, x, s: null });
      await store.ingest(tableOf(group, [...baseline.map(row(0)), ...current.map(row(1000))]));
      const [drift] = await store.drift('st', { ...windows, features: ['x'] });
      expect(drift?.psi).toBeCloseTo(psi, 12);
      expect(drift?.ks).toBeCloseTo(ks, 12);
    });
  });

  test('quantiles of numbers that are as far apart as numbers can be', async () => {
    await withStore(open, async (store) => {
      await store.ingest(
        tableOf(
          group,
          [-far, far].map((x, i) => ({ case_id: `p${i}`, event_time: 0, x, s: null })),
        ),
      );
      const [x] = await store.statistics('st', { features: ['x'], quantiles: [0.25, 0.5] });
      const [quarter, half] = (x?.numeric?.quantiles ?? []).map(({ value }) => value / far);
      expect(quarter).toBeCloseTo(-0.5, 12);
      expect(half).toBe(0);
      expect(x?.numeric?.histogram.counts).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
      expect(x?.numeric?.histogram.edges.every(Number.isFinite)).toBe(true);
    });
  });
}

function refusedOptions(open: StoreFactory): void {
  test.each([
    ['an unknown option', { bin: 3 }, 'STORE_BAD_STATISTICS'],
    ['no bins', { bins: 0 }, 'STORE_BAD_STATISTICS'],
    ['a quantile above 1', { quantiles: [1.5] }, 'STORE_BAD_STATISTICS'],
    ['an empty window', { window: { fromMs: 5, beforeMs: 5 } }, 'STORE_BAD_STATISTICS'],
    ['a key', { features: ['case_id'] }, 'STORE_BAD_STATISTICS'],
    ['an unknown feature', { features: ['z'] }, 'STORE_UNKNOWN_FEATURE'],
    ['an unknown version', { version: 9 }, 'STORE_UNKNOWN_VERSION'],
  ])('statistics refused: %s', async (_what, options, code) => {
    await withStore(open, async (store) => {
      await store.ingest(tableOf(group, [{ case_id: 'p', event_time: 0, x: 1, s: null }]));
      await expect(store.statistics('st', options as never)).rejects.toMatchObject({ code });
      await expect(store.statistics('none')).rejects.toMatchObject({ code: 'STORE_UNKNOWN_GROUP' });
      await expect(store.drift('st', { baseline: windows.baseline } as never)).rejects.toMatchObject({
        code: 'STORE_BAD_STATISTICS',
      });
    });
  });

  test("the limit is Kolmogorov's distribution", () => {
    for (const [x, tail] of reference.kolmogorov) expect(Math.abs(kolmogorovTail(x) - tail)).toBeLessThan(1e-12);
  });
}
