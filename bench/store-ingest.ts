import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import type { Column, FeatureDefinition, FeatureStore, FeatureTable } from '../featurestore/contract/index.js';
import { openStore } from '../featurestore/index.js';

/**
 * Ingest of a table of doubles into an empty store: rows per second in wall time, and processor time of this process.
 * `[ROWS] [FEATURES] [postgres://…]`; without an address a DuckDB file in a temporary folder.
 */
const [rows = 1_000_000, features = 20] = process.argv.slice(2, 4).map(Number);
const address = process.argv[4];

function makeTable(): FeatureTable {
  const definition = (name: string): FeatureDefinition => ({
    name,
    type: 'double',
    unit: '1',
    description: '',
    role: 'feature',
  });
  let state = 1;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const names = Array.from({ length: features }, (_, c) => `f${c}`);
  const ids = Array.from({ length: rows }, (_, row) => `P${String(row).padStart(7, '0')}`);
  const columns = new Map<string, Column>([
    ['id', { type: 'string', values: ids }],
    ['time', { type: 'timestamp', values: new Float64Array(rows) }],
  ]);
  for (const name of names) columns.set(name, { type: 'double', values: Float64Array.from({ length: rows }, next) });
  return {
    group: {
      name: 'bench',
      recordIdentifier: 'id',
      eventTime: 'time',
      settingsDigest: '0',
      definitions: [
        { ...definition('id'), type: 'string', role: 'identifier' },
        { ...definition('time'), type: 'timestamp', unit: 'ms', role: 'metadata' },
        ...names.map(definition),
      ],
    },
    columns,
    rowCount: rows,
    provenance: [],
  };
}

async function timed(store: FeatureStore, what: string, table: FeatureTable): Promise<void> {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  const { written, unchanged } = await store.ingest(table, { batchRows: 250_000 });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const rate = Math.round(rows / seconds).toLocaleString('en');
  console.log(
    `${what}: ${seconds.toFixed(2)} s, ${rate} rows/s, ${((user + system) / 1e6).toFixed(2)} s of processor; ${written} written, ${unchanged} unchanged`,
  );
}

const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
const store = await openStore(address ?? path.join(folder, 'bench.duckdb'));
try {
  console.log(`${rows} rows x ${features} features, ${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`);
  const table = makeTable();
  await timed(store, 'into an empty group', table);
  await timed(store, 'the same again', table);
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}
