import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import {
  type FeatureGroup,
  type FeatureStore,
  type IngestResult,
  openStore,
  openTableFile,
  type Provenance,
  type Role,
} from '../../../featurestore/index.js';
import { packageVersion } from '../../../package-facts.js';
import type { CommandContext } from '../../context.js';
import { createOutput } from '../../io.js';
import { wholeNumber } from '../../option-values.js';
import { progressView } from '../../progress.js';
import { IngestSource, plainName } from './ingest-source.js';
import { readRules } from './rules-file.js';

interface IngestOptions {
  readonly store: string;
  readonly group: string;
  readonly id?: string;
  readonly eventTime?: string;
  readonly eventTimeIs?: string;
  readonly role: readonly (readonly [string, Role])[];
  readonly onConflict: 'replace' | 'keep' | 'error';
  readonly rules?: string;
  readonly quarantine?: boolean;
  readonly workers: number;
  readonly json?: boolean;
}

/** `thoracle store ingest TABLE --store FILE --group NAME`. */
export function ingestCommand({ io }: CommandContext): Command {
  return new Command('ingest')
    .description(
      'append a table (.csv, .tsv, .parquet, .jsonl; it may be larger than memory) to a group; a new group’s definitions are detected',
    )
    .argument('<table>')
    .requiredOption('--store <file>', 'the store’s file (made when it does not exist) or postgres://…')
    .requiredOption('--group <name>', 'the group; made when it does not exist')
    .option('--id <column>', 'the column with the record id (a new group)')
    .option(
      '--event-time <column>',
      'the column with the event time: ISO 8601, or milliseconds since 1970 (a new group)',
    )
    .option('--event-time-is <time>', 'one ISO 8601 event time for all rows, as column event_time')
    .addOption(
      new Option('--role <column=role>', 'a column that is no feature, e.g. died=outcome; may be repeated')
        .argParser((text: string, before: IngestOptions['role']) => [...before, roleOf(text)])
        .default([], 'numbers are features, texts metadata'),
    )
    .addOption(
      new Option('--on-conflict <policy>', 'a row whose id and event time are there with other values')
        .choices(['replace', 'keep', 'error'])
        .default('error'),
    )
    .option('--rules <file>', 'rules for the values (YAML or JSON): type, range, allowed values, missing rate')
    .option('--quarantine', 'put rows that break a rule or have a cell of a wrong type aside, and write the others')
    .option('--workers <n>', 'pieces of the table under way at once', wholeNumber(1, 16), 2)
    .option('--json', 'print one JSON document')
    .action(async (path: string, options: IngestOptions) => {
      const output = createOutput(io, options.json === true);
      const rules = options.rules === undefined ? [] : await readRules(options.rules);
      const file = await openTableFile(path);
      try {
        const source = new IngestSource(path, file, { ...options, rules, quarantine: options.quarantine === true });
        if (source.renamed > 0) output.note(`${source.renamed} column names were made of letters, digits, "-" and "_"`);
        const provenance = [provenanceOf(path, await fileDigest(path))];
        const store = await openStore(options.store);
        const view = progressView('rows', io.stderr);
        try {
          const group = await source.groupFor(store);
          await source.check(store, group);
          const done = (rows: number) => view.update(rows, source.rowCount, 0);
          const result = await writePieces(store, source, group, provenance, options, done);
          output.answer(result, () => summaryOf(result));
        } finally {
          view.stop();
          await store.close();
        }
      } finally {
        file.close();
      }
    });
}

/** Writes the pieces, each in one transaction; the first one makes the group. */
async function writePieces(
  store: FeatureStore,
  source: IngestSource,
  group: FeatureGroup,
  provenance: readonly Provenance[],
  { onConflict, workers }: IngestOptions,
  onRows: (rowsDone: number) => void,
): Promise<IngestResult> {
  let [next, rowsDone] = [0, 0];
  const results: IngestResult[] = [];
  const writeOne = async (): Promise<void> => {
    const { table, options } = await source.table(group, next++, provenance);
    results.push(await store.ingest(table, { ...options, onConflict }));
    rowsDone += table.rowCount;
    onRows(rowsDone);
  };
  await writeOne();
  const outcomes = await Promise.allSettled(
    Array.from({ length: workers }, async () => {
      while (next < source.pieceCount) await writeOne();
    }),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return sumOf(results);
}

function sumOf(results: readonly IngestResult[]): IngestResult {
  const [first] = results;
  const sum = (count: 'written' | 'unchanged' | 'replaced' | 'kept' | 'quarantined'): number =>
    results.reduce((total, result) => total + result[count], 0);
  return {
    group: String(first?.group),
    version: Number(first?.version),
    written: sum('written'),
    unchanged: sum('unchanged'),
    replaced: sum('replaced'),
    kept: sum('kept'),
    quarantined: sum('quarantined'),
  };
}

function summaryOf({ group, version, written, unchanged, replaced, kept, quarantined }: IngestResult): string {
  const more = [
    [replaced, 'replaced earlier values'],
    [kept, 'left out, since others were there'],
    [quarantined, `put in quarantine (thoracle store quarantine ${group})`],
  ] as const;
  const rest = more.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`);
  return `${group} version ${version}: ${written} rows written, ${unchanged} were there${rest.join('')}`;
}

/** The store checks the role itself. */
function roleOf(text: string): readonly [string, Role] {
  const equals = text.lastIndexOf('=');
  return [plainName(text.slice(0, Math.max(0, equals))), text.slice(equals + 1) as Role];
}

async function fileDigest(file: string): Promise<string> {
  const sha256 = createHash('sha256');
  await pipeline(createReadStream(file), sha256);
  return sha256.digest('hex');
}

function provenanceOf(file: string, sha256: string): Provenance {
  return {
    pipelineVersion: `ingest@${packageVersion()}`,
    settingsDigest: '',
    inputDigests: [{ name: path.basename(file), sha256 }],
  };
}
