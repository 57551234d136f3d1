import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { definition, groupOf, type Row, tableOf } from './fixtures.js';
import type { StoreFactory } from './store-factory.js';

const day = 86_400_000;
/** More columns than one statement reads. */
const width = 1_100;

const wide = groupOf(
  'wide',
  Array.from({ length: width }, (_, c) => {
    if (c % 100 === 7) return definition(`t${c}`, 'string', 'metadata');
    return c % 100 === 8 ? definition(`w${c}`, 'timestamp', 'metadata', 'ms') : definition(`x${c}`);
  }),
);

/** Every value is its own; some are missing, each column's in other rows. */
function row(id: string, number: number, eventTimeMs: number): Row {
  const values = wide.definitions.slice(2).map(({ name, type }, c): [string, string | number | null] => {
    if ((c + number) % 13 === 0) return [name, null];
    if (type === 'string') return [name, `${id} ${c}`];
    return [name, type === 'timestamp' ? number * day + c : number + c / 7];
  });
  return { case_id: id, event_time: eventTimeMs, ...Object.fromEntries(values) };
}

/** A group of more columns than are read at once comes back as it was. */
export function wideArchiveRules(open: StoreFactory): void {
  test.each(['event-day', 'none'] as const)('export by %s and import of a wide group', async (partition) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'wide-'));
    const store = await open();
    const rows = ['a', 'b', 'c'].map((id, number) => row(id, number, (number % 2) * day));
    await store.ingest(tableOf(wide, rows));
    await store.record.delete('wide', 'b');
    await store.exportHistory(path.join(folder, 'out'), { partition });
    const other = await open();
    await other.importHistory(path.join(folder, 'out'));
    for (const id of ['a', 'b', 'c']) {
      expect(await other.history('wide', id)).toEqual(await store.history('wide', id));
    }
    const record = await other.record.get('wide', 'c');
    expect([record?.values.x1099, record?.values.t1007]).toEqual([2 + 1099 / 7, 'c 1007']);
    rmSync(folder, { recursive: true });
    await other.close();
    await store.close();
  });
}
