import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeletionMode } from '../contract/index.js';
import { plainGroup, plainTable } from './fixtures.js';
import { NaiveLog, type NaiveRow } from './naive-log.js';
import type { StoreFactory } from './store-factory.js';

const ids = ['a', 'b', 'c'];
const eventTimes = [0, 1000, 2000];

const rowArbitrary: fc.Arbitrary<NaiveRow> = fc.record({
  id: fc.constantFrom(...ids),
  eventTimeMs: fc.constantFrom(...eventTimes),
  number: fc.constantFrom(0, -0, 1.5, Number.NaN),
  text: fc.constantFrom(null, '', 'x'),
});

type Step = { readonly rows: readonly NaiveRow[] } | { readonly remove: string; readonly mode: DeletionMode };

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .uniqueArray(rowArbitrary, { minLength: 1, maxLength: 5, selector: (row) => `${row.id}${row.eventTimeMs}` })
      .map((rows) => ({ rows })),
  },
  {
    weight: 2,
    arbitrary: fc.record({ remove: fc.constantFrom(...ids), mode: fc.constantFrom('soft' as const, 'hard' as const) }),
  },
);

/** Any sequence of writes gives what the naive log gives: counts, latest records, histories, and datasets at any point in time. */
export function historyRules(open: StoreFactory): void {
  test('any sequence of ingests and deletions agrees with the naive log', async () => {
    await fc.assert(fc.asyncProperty(fc.array(stepArbitrary, { minLength: 1, maxLength: 8 }), agrees(open)), {
      seed: 20261123,
      numRuns: 30,
    });
  });
}

function agrees(open: StoreFactory): (steps: readonly Step[]) => Promise<void> {
  return async (steps) => {
    let clockMs = 10_000;
    const store = await open({ now: () => clockMs });
    try {
      await store.createGroup(plainGroup);
      const log = new NaiveLog();
      for (const step of steps) {
        clockMs += 1000;
        if ('rows' in step) {
          const { written, unchanged } = await store.ingest(plainTable(step.rows));
          expect({ written, unchanged }).toEqual(log.ingest(step.rows, clockMs));
        } else {
          const { remove, mode } = step;
          const removed = mode === 'hard' ? log.deleteHard(remove, clockMs) : log.delete(remove, clockMs);
          expect(await store.record.delete('plain', remove, { mode })).toBe(removed);
        }
      }
      await compareRecords(store, log);
      for (const asOfMs of [undefined, 0, 1500]) {
        for (const knownAtMs of [undefined, 11_000, 12_500]) await compareDataset(store, log, asOfMs, knownAtMs);
      }
    } finally {
      await store.close();
    }
  };
}

type Store = Awaited<ReturnType<StoreFactory>>;

async function compareRecords(store: Store, log: NaiveLog): Promise<void> {
  for (const id of ids) {
    const expected = log.latest(id);
    const record = await store.record.get('plain', id);
    expect(record && [record.eventTime, record.values.number, record.values.text]).toEqual(
      expected && [new Date(expected.eventTimeMs).toISOString(), plain(expected.number), expected.text],
    );
    const history = await store.history('plain', id);
    expect(history.map((row) => [row.eventTime, row.writeTime, row.isDeleted, row.values.number])).toEqual(
      log
        .history(id)
        .map((event) => [
          new Date(event.eventTimeMs).toISOString(),
          new Date(event.writeTimeMs).toISOString(),
          event.isDeleted,
          event.isDeleted ? undefined : plain(event.number),
        ]),
    );
  }
  const seen = await store.query('SELECT case_id, number, text FROM plain ORDER BY case_id');
  const rows = ids.flatMap((id) => {
    const latest = log.latest(id);
    return latest === undefined ? [] : [[id, plain(latest.number), latest.text]];
  });
  expect(seen.rows).toEqual(rows);
}

async function compareDataset(store: Store, log: NaiveLog, asOfMs?: number, knownAtMs?: number): Promise<void> {
  const dataset = await store.dataset({
    groups: [{ name: 'plain' }],
    join: 'left',
    outcome: { group: 'plain', timeDays: 'days', event: 'died' },
    ...(asOfMs === undefined ? {} : { asOfMs }),
    ...(knownAtMs === undefined ? {} : { knownAtMs }),
  });
  const expected = ids.flatMap((id) => {
    const latest = log.latest(id, asOfMs, knownAtMs);
    return latest === undefined ? [] : [{ id, number: latest.number }];
  });
  expect(dataset.patientIds).toEqual(expected.map((row) => row.id));
  expect([...dataset.values]).toEqual(expected.map((row) => row.number));
}

function plain(number: number): number | null {
  return Number.isNaN(number) ? null : number;
}
