import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import type { Column, FeatureDefinition, FeatureStore, FeatureTable } from '../featurestore/contract/index.js';
import { openDuckDbStore } from '../featurestore/index.js';

/**
 * Speed of the feature store on a file: ingest, the same table again, latest record, a query, a join of three groups.
 * `--small` for a quick look.
 */
const small = process.argv.includes('--small');
const sizes = small
  ? { rows: 10_000, columns: 20, patients: 130, genes: 2_500 }
  : { rows: 100_000, columns: 20, patients: 1_000, genes: 2_500 };
const fullGenome = { patients: 130, genes: 22_000 };

function definition(name: string, role: FeatureDefinition['role'] = 'feature'): FeatureDefinition {
  return { name, type: 'double', unit: '1', description: '', role };
}

/** A table of doubles that a linear congruential generator makes, the same each time. */
function makeTable(name: string, rows: number, columns: number, withOutcome = false): FeatureTable {
  const outcome = withOutcome ? [definition('time_days', 'outcome'), definition('event', 'outcome')] : [];
  const features = [...Array.from({ length: columns }, (_, c) => definition(`f${c}`)), ...outcome];
  let state = 1;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const values = features.map(
    (d) =>
      [
        d.name,
        {
          type: 'double',
          values: Float64Array.from({ length: rows }, () => (d.name === 'event' ? Math.round(next()) : next())),
        },
      ] as const,
  );
  const ids = Array.from({ length: rows }, (_, row) => `P${String(row).padStart(7, '0')}`);
  return {
    group: {
      name,
      recordIdentifier: 'case_id',
      eventTime: 'event_time',
      settingsDigest: '0',
      definitions: [
        { name: 'case_id', type: 'string', unit: '1', description: '', role: 'identifier' },
        { name: 'event_time', type: 'timestamp', unit: 'ms', description: '', role: 'metadata' },
        ...features,
      ],
    },
    columns: new Map<string, Column>([
      ['case_id', { type: 'string', values: ids } as const],
      ['event_time', { type: 'timestamp', values: new Float64Array(rows) } as const],
      ...values,
    ]),
    rowCount: rows,
    provenance: [],
  };
}

async function timed<T>(what: string, work: () => Promise<T>, figure?: (seconds: number) => string): Promise<T> {
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  console.log(`${what.padEnd(58)} ${seconds.toFixed(3).padStart(8)} s  ${figure?.(seconds) ?? ''}`);
  return result;
}

async function measure(store: FeatureStore, file: string): Promise<void> {
  const { rows, columns, patients, genes } = sizes;
  const perSecond = (count: number) => (seconds: number) =>
    `${Math.round(count / seconds).toLocaleString('en')} rows/s`;
  const long = makeTable('long', rows, columns);
  await timed(`ingest ${rows} x ${columns}`, () => store.ingest(long), perSecond(rows));
  await timed(`the same again (nothing written)`, () => store.ingest(long), perSecond(rows));
  const gets = 200;
  await timed(
    `${gets} x latest record of ${rows}`,
    async () => {
      for (let i = 0; i < gets; i++) await store.record.get('long', `P${String((i * 7919) % rows).padStart(7, '0')}`);
    },
    (seconds) => `${((seconds / gets) * 1000).toFixed(2)} ms each`,
  );
  await timed('query: mean of a column over the latest records', () => store.query('SELECT avg(f3) FROM long'));

  await timed(`ingest genomic ${patients} x ${genes}`, () => store.ingest(makeTable('genomic', patients, genes)));
  await store.ingest(makeTable('clinical', patients, 80, true));
  await store.ingest(makeTable('imaging', patients, 120));
  const joined = await timed(`dataset of genomic + clinical + imaging, ${patients} patients`, () =>
    store.dataset({
      groups: [{ name: 'genomic' }, { name: 'clinical' }, { name: 'imaging' }],
      join: 'left',
      outcome: { group: 'clinical', timeDays: 'time_days', event: 'event' },
    }),
  );
  console.log(`  ${joined.patientIds.length} x ${joined.columns.length}, digest ${joined.digest.slice(0, 16)}`);

  const wide = makeTable('genome', fullGenome.patients, fullGenome.genes);
  await timed(`ingest genome ${fullGenome.patients} x ${fullGenome.genes}`, () => store.ingest(wide));
  await timed('latest record of it', () => store.record.get('genome', 'P0000007'));
  await timed('query of three of its columns', () => store.query('SELECT case_id, f1, f21999 FROM genome'));
  await timed('dataset of it', () =>
    store.dataset({
      groups: [{ name: 'genome' }],
      join: 'left',
      outcome: { group: 'clinical', timeDays: 'time_days', event: 'event' },
    }),
  );
  await timed('export of it to CSV', () => store.export('genome', `${file}.csv`));
  await timed('export of it to Parquet', () => store.export('genome', `${file}.parquet`));
}

const folder = mkdtempSync(path.join(tmpdir(), 'thoracle-bench-'));
try {
  const file = path.join(folder, 'bench.duckdb');
  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? 'unknown CPU'}`);
  const store = await openDuckDbStore({ file });
  await measure(store, file);
  await timed('close (checkpoint)', () => store.close());
  console.log(`file: ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  const again = await timed('open again', () => openDuckDbStore({ file, readOnly: true }));
  await again.close();
  console.log(`peak memory: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
