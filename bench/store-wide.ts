import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Column, FeatureDefinition, FeatureTable } from '../featurestore/contract/index.js';
import { openStore } from '../featurestore/index.js';

/**
 * A group as wide as a genome: ingest, the latest records as a matrix, one record, backup, and the restoring of it in a process of its own,
 * whose peak of memory is its own. `[PATIENTS] [GENES] [postgres://…]`, default 1000, 22000 and a DuckDB file; with an address the store there
 * is left filled and nothing is backed up.
 */
const [first = '1000', genes = '22000', address] = process.argv.slice(2);

function makeTable(patients: number, width: number): FeatureTable {
  let state = 1;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const definition = (name: string, role: FeatureDefinition['role'] = 'feature'): FeatureDefinition => {
    return { name, type: 'double', unit: '1', description: '', role };
  };
  const names = Array.from({ length: width }, (_, c) => `gene${c}`);
  const ids = Array.from({ length: patients }, (_, row) => `P${String(row).padStart(7, '0')}`);
  return {
    group: {
      name: 'genome',
      recordIdentifier: 'id',
      eventTime: 'time',
      settingsDigest: '0',
      definitions: [
        { ...definition('id', 'identifier'), type: 'string' },
        { ...definition('time', 'metadata'), type: 'timestamp' },
        ...names.map((name) => definition(name)),
      ],
    },
    columns: new Map<string, Column>([
      ['id', { type: 'string', values: ids }],
      ['time', { type: 'timestamp', values: new Float64Array(patients) }],
      ...names.map(
        (name) => [name, { type: 'double', values: Float64Array.from({ length: patients }, next) }] as const,
      ),
    ]),
    rowCount: patients,
    provenance: [],
  };
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peak = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  const cpu = ((user + system) / 1e6).toFixed(2);
  console.log(`${what}: ${seconds.toFixed(2)} s, ${cpu} s of processor; peak memory so far ${peak} MB`);
  return result;
}

async function restore(folder: string): Promise<void> {
  const store = await openStore(path.join(folder, 'restored.duckdb'));
  await timed('restore', () => store.restore(path.join(folder, 'backup')));
  await store.close();
}

async function measure(folder: string, patients: number, width: number): Promise<void> {
  const table = makeTable(patients, width);
  const file = path.join(folder, 'bench.duckdb');
  const store = await openStore(address ?? file);
  try {
    await timed('ingest', () => store.ingest(table));
    const matrix = await timed('read back as a matrix', () =>
      store.dataset({ groups: [{ name: 'genome' }], join: 'left' }),
    );
    const wrong = matrix.columns.findIndex(({ feature }, c) => {
      const { values } = table.columns.get(feature) as Column;
      return matrix.patientIds.some((_, row) => matrix.values[row * width + c] !== values[row]);
    });
    if (wrong >= 0 || matrix.patientIds.length !== patients) throw new Error('what was read is not what was written');
    await timed('one record', () => store.record.get('genome', 'P0000007'));
    if (address !== undefined) return;
    await timed('backup', () => store.backup(path.join(folder, 'backup')));
  } finally {
    await store.close();
  }
  console.log(`file of the store: ${(statSync(file).size / 1e6).toFixed(0)} MB`);
  execFileSync(process.execPath, [fileURLToPath(import.meta.url), 'restore', folder], { stdio: 'inherit' });
}

if (first === 'restore') {
  await restore(genes);
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    console.log(`${first} patients x ${genes} genes, ${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}`);
    await measure(folder, Number(first), Number(genes));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
