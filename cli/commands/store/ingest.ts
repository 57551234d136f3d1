import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import {
  columnsOf,
  detectDefinitions,
  type FeatureGroup,
  type FeatureStore,
  openStore,
  type RawColumn,
  type Role,
  readTableFile,
  StoreError,
} from '../../../featurestore/index.js';
import { packageVersion } from '../../../package-facts.js';
import type { CommandContext } from '../../context.js';
import { CliError, cliErrors } from '../../errors.js';
import { createOutput, type Output } from '../../io.js';
import { progressView } from '../../progress.js';

interface IngestOptions {
  readonly store: string;
  readonly group: string;
  readonly id?: string;
  readonly eventTime?: string;
  readonly eventTimeIs?: string;
  readonly role: readonly (readonly [string, Role])[];
  readonly onConflict: 'replace' | 'keep' | 'error';
  readonly json?: boolean;
}

/** Rows in one transaction: enough to be fast, few enough to show progress. */
const batchRows = 100_000;

/** `thoracle store ingest TABLE --store FILE --group NAME`. */
export function ingestCommand({ io }: CommandContext): Command {
  return new Command('ingest')
    .description('append a table (.csv, .tsv, .parquet, .jsonl) to a group; a new group’s definitions are detected')
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
    .option('--json', 'print one JSON document')
    .action(async (file: string, options: IngestOptions) => {
      const output = createOutput(io, options.json === true);
      const raw = renamed(await readTableFile(file), file, output);
      const columns = withEventTime(raw, options, file);
      const sha256 = await fileDigest(file);
      const store = await openStore(options.store);
      const view = progressView('rows', io.stderr);
      try {
        const group = await groupFor(store, columns, options, file);
        const rowCount = columns.values().next().value?.length ?? 0;
        const filled = filledUp(columns, group, rowCount, file);
        const result = await store.ingest(
          { group, columns: columnsOf(group.definitions, filled), rowCount, provenance: [provenanceOf(file, sha256)] },
          {
            onConflict: options.onConflict,
            batchRows,
            onProgress: ({ rowsDone, rowCount: all }) => view.update(rowsDone, all, 0),
          },
        );
        output.answer(
          result,
          () =>
            `${result.group} version ${result.version}: ${result.written} rows written, ${result.unchanged} were there`,
        );
      } finally {
        view.stop();
        await store.close();
      }
    });
}

function bad(file: string, what: string): CliError {
  return new CliError('CLI_BAD_TABLE_FILE', cliErrors.CLI_BAD_TABLE_FILE(file, what));
}

/** The store checks the role itself. */
function roleOf(text: string): readonly [string, Role] {
  const equals = text.lastIndexOf('=');
  return [plainName(text.slice(0, Math.max(0, equals))), text.slice(equals + 1) as Role];
}

/** Names as the store takes them: what is no letter, digit, "-" or "_" becomes "_". */
function renamed(columns: ReadonlyMap<string, RawColumn>, file: string, output: Output): Map<string, RawColumn> {
  const result = new Map<string, RawColumn>();
  let changed = 0;
  for (const [name, column] of columns) {
    const plain = plainName(name);
    if (result.has(plain)) throw bad(file, `two columns would be named "${plain}", one of them "${name}"`);
    if (plain !== name) changed++;
    result.set(plain, column);
  }
  if (changed > 0) output.note(`${changed} column names were made of letters, digits, "-" and "_"`);
  return result;
}

function plainName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 64);
}

function withEventTime(
  columns: Map<string, RawColumn>,
  { eventTimeIs }: IngestOptions,
  file: string,
): Map<string, RawColumn> {
  if (eventTimeIs === undefined) return columns;
  if (columns.has('event_time')) throw bad(file, 'it has a column "event_time"; leave --event-time-is out');
  const rowCount = columns.values().next().value?.length ?? 0;
  return columns.set('event_time', new Array<string>(rowCount).fill(eventTimeIs));
}

/** The newest version of a group that is there, or one that is detected. */
async function groupFor(
  store: FeatureStore,
  columns: ReadonlyMap<string, RawColumn>,
  options: IngestOptions,
  file: string,
): Promise<FeatureGroup> {
  try {
    const { name, recordIdentifier, eventTime, definitions, settingsDigest } = await store.definition(options.group);
    return { name, recordIdentifier, eventTime, definitions, settingsDigest };
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'STORE_UNKNOWN_GROUP') throw error;
  }
  const eventTime = options.eventTimeIs === undefined ? options.eventTime : 'event_time';
  if (options.id === undefined || eventTime === undefined) {
    throw bad(
      file,
      `group "${options.group}" is new: give --id COLUMN and --event-time COLUMN or --event-time-is TIME`,
    );
  }
  const recordIdentifier = plainName(options.id);
  // a column without any value has no type to detect; text is the one that every later value fits
  const empty = [...columns].filter(([, column]) => column.every((value) => value === null || value === ''));
  const definitions = detectDefinitions(columns, {
    recordIdentifier,
    eventTime: plainName(eventTime),
    types: Object.fromEntries(empty.map(([name]) => [name, 'string' as const])),
    roles: Object.fromEntries(options.role),
  });
  return { name: options.group, recordIdentifier, eventTime: plainName(eventTime), definitions, settingsDigest: '' };
}

/** Columns that the group has and the file has not are missing; the other way round is an error. */
function filledUp(
  columns: ReadonlyMap<string, RawColumn>,
  group: FeatureGroup,
  rowCount: number,
  file: string,
): ReadonlyMap<string, RawColumn> {
  const known = new Set(group.definitions.map((d) => d.name));
  const unknown = [...columns.keys()].find((name) => !known.has(name));
  if (unknown !== undefined) throw bad(file, `group "${group.name}" has no feature "${unknown}"`);
  const none = new Array<null>(rowCount).fill(null);
  return new Map(group.definitions.map(({ name }) => [name, columns.get(name) ?? none] as const));
}

async function fileDigest(file: string): Promise<string> {
  const sha256 = createHash('sha256');
  await pipeline(createReadStream(file), sha256);
  return sha256.digest('hex');
}

function provenanceOf(file: string, sha256: string) {
  return {
    pipelineVersion: `ingest@${packageVersion()}`,
    settingsDigest: '',
    inputDigests: [{ name: path.basename(file), sha256 }],
  };
}
