import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Column, Dataset, DatasetSpec, FeatureDefinition, FeatureTable } from '../featurestore/contract/index.js';
import { openDuckDbStore } from '../featurestore/index.js';
import { DuckDbDatabase } from '../featurestore/sql/duckdb/engine.js';
import { type HandWritten, overLists, overPlainTables, plainTables } from './store-join-sql.js';

/**
 * A point-in-time join of three groups, each record with several versions in its history, beside the same answer from hand-written SQL: on
 * the same tables, and on plain tables with a column for each feature. `[PATIENTS] [VERSIONS]`, default 100000 and 5.
 */
const [patients = 100_000, versions = 5] = process.argv.slice(2).map(Number);
const groups = [
  { name: 'clinical', features: 15 },
  { name: 'imaging', features: 120 },
  { name: 'genomic', features: 80 },
] as const;
const dayMs = 86_400_000;
/** Versions are 30 days apart and a patient's begin on one of 30 days: which one counts differs from patient to patient. */
const asOfMs = (Math.floor(versions / 2) * 30 + 15) * dayMs;
const repeats = 3;

let state = 1;
function next(): number {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
}

function definition(name: string, role: FeatureDefinition['role'] = 'feature'): FeatureDefinition {
  return { name, type: 'double', unit: '1', description: '', role };
}

function makeTable(name: string, features: number, version: number): FeatureTable {
  const outcome = name === 'clinical' ? [definition('time_days', 'outcome'), definition('event', 'outcome')] : [];
  const definitions = [...Array.from({ length: features }, (_, c) => definition(`f${c}`)), ...outcome];
  const columns = new Map<string, Column>([
    ['id', { type: 'string', values: Array.from({ length: patients }, (_, row) => `P${row}`) }],
    [
      'time',
      {
        type: 'timestamp',
        values: Float64Array.from({ length: patients }, (_, row) => (version * 30 + ((row * 7919) % 30)) * dayMs),
      },
    ],
  ]);
  for (const { name: column } of definitions) {
    const value = column === 'event' ? () => Math.round(next()) : next;
    columns.set(column, { type: 'double', values: Float64Array.from({ length: patients }, value) });
  }
  return {
    group: {
      name,
      recordIdentifier: 'id',
      eventTime: 'time',
      settingsDigest: '0',
      definitions: [
        { ...definition('id', 'identifier'), type: 'string' },
        { ...definition('time', 'metadata'), type: 'timestamp' },
        ...definitions,
      ],
    },
    columns,
    rowCount: patients,
    provenance: [],
  };
}

async function best<T>(
  what: string,
  work: () => Promise<T>,
): Promise<{ readonly seconds: number; readonly result: T }> {
  const times: number[] = [];
  let cpu = Number.POSITIVE_INFINITY;
  let result: T | undefined;
  for (let i = 0; i < repeats; i++) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    result = await work();
    times.push((performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(before);
    cpu = Math.min(cpu, (user + system) / 1e6);
  }
  const shown = times.map((seconds) => seconds.toFixed(2)).join(', ');
  console.log(`${what}: ${shown} s; ${cpu.toFixed(2)} s of processor at best`);
  return { seconds: Math.min(...times), result: result as T };
}

/** Whether hand-written SQL gives the dataset's ids and values, bit for bit. */
function isSame({ ids, values }: Awaited<ReturnType<HandWritten['run']>>, dataset: Dataset): boolean {
  if (ids.length !== dataset.patientIds.length || values.length !== dataset.values.length) return false;
  if (ids.some((id, row) => id !== dataset.patientIds[row])) return false;
  return values.every((value, i) => Object.is(value, dataset.values[i]));
}

async function fastest(forms: readonly HandWritten[], database: DuckDbDatabase, dataset: Dataset): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (const form of forms) {
    const { seconds, result } = await best(`  ${form.name}`, () => form.run(database));
    if (!isSame(result, dataset)) throw new Error(`"${form.name}" gives another answer`);
    least = Math.min(least, seconds);
  }
  return least;
}

const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
try {
  const file = path.join(folder, 'bench.duckdb');
  console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`);
  console.log(`${patients} patients x 215 features in three groups, ${versions} versions of each record`);
  const store = await openDuckDbStore({ file });
  for (const { name, features } of groups) {
    for (let version = 0; version < versions; version++) await store.ingest(makeTable(name, features, version));
  }
  const spec: DatasetSpec = {
    groups: groups.map(({ name }) => ({ name })),
    join: 'left',
    outcome: { group: 'clinical', timeDays: 'time_days', event: 'event' },
    asOfMs,
  };
  const ours = await best('dataset()', () => store.dataset(spec));
  await store.close();

  const instance = await DuckDBInstance.create(file);
  const database = await DuckDbDatabase.connect(instance, false);
  const shape = { groups, asOfMs };
  console.log('hand-written SQL on the same tables');
  const lists = await fastest(overLists(shape), database, ours.result);
  await plainTables(database, shape);
  console.log('hand-written SQL on plain tables, a column for each feature');
  const plain = await fastest(overPlainTables(shape), database, ours.result);
  await database.close();
  console.log(`dataset() takes ${(ours.seconds / lists).toFixed(2)} of the best SQL on the same tables`);
  console.log(`dataset() takes ${(ours.seconds / plain).toFixed(2)} of the best SQL on plain tables`);
  console.log(`peak memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
