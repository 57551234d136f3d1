import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import {
  type FeatureStore,
  openStore,
  type QueryResult,
  queryCsv,
  queryJson,
  toArrowIpc,
  writeQueryParquet,
} from '../../../featurestore/index.js';
import type { CommandContext } from '../../context.js';
import { CliError, cliErrors } from '../../errors.js';
import { createOutput } from '../../io.js';
import { queryTable } from './answers.js';

const formats = ['table', 'json', 'csv', 'arrow', 'parquet'] as const;
type Format = (typeof formats)[number];

interface QueryOptions {
  readonly store: string;
  readonly format?: Format;
  readonly out?: string;
  readonly param: readonly string[];
  readonly json?: boolean;
}

/** `thoracle store query SQL --store FILE [--format FORMAT] [--out FILE]`. */
export function queryCommand({ io }: CommandContext): Command {
  return new Command('query')
    .description('run one read-only SQL statement; each group is a view, and <group>_history')
    .argument('<sql>')
    .requiredOption('--store <file>', 'the store’s file or postgres://…')
    .addOption(
      new Option('--format <format>', 'form of the result; arrow (streaming format) and parquet need --out').choices(
        formats,
      ),
    )
    .option('--out <file>', 'write the result there, whole or not at all; an earlier file is replaced')
    .option(
      '--param <value>',
      'text for $1, then $2, …; may be repeated',
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option('--json', 'print one JSON document')
    .action(async (sql: string, options: QueryOptions) => {
      const format = formatOf(options);
      const { out } = options;
      if (out !== undefined) checkPlace(out);
      const store = await openStore(options.store, { readOnly: true });
      try {
        const result = await run(store, sql, options.param);
        if (out === undefined) {
          io.stdout.write(await textOf(result, format));
          return;
        }
        await write(result, format, out);
        const { columns, rows } = result;
        createOutput(io, options.json === true).answer(
          { file: out, format, rows: rows.length, columns: columns.map(({ name }) => name) },
          () => `${rows.length} rows of ${columns.length} columns written to ${out}`,
        );
      } finally {
        await store.close();
      }
    });
}

function run(store: FeatureStore, sql: string, parameters: readonly string[]): Promise<QueryResult> {
  return parameters.length === 0 ? store.query(sql) : store.query(sql, parameters);
}

/** @throws CliError CLI_OPTIONS_CLASH */
function formatOf({ format, out, json }: QueryOptions): Format {
  const clash = (what: string) => new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
  if (out === undefined) {
    if (json === true && format !== undefined && format !== 'json') {
      throw clash(`--json prints JSON, --format ${format} does not: give one of them, or --out FILE too`);
    }
    if (format === 'arrow' || format === 'parquet') throw clash(`--format ${format} is no text: give --out FILE too`);
    return format ?? (json === true ? 'json' : 'table');
  }
  const ending = path.extname(out).slice(1).toLowerCase();
  const byName = formats.find((known) => known === ending);
  if (format !== undefined) return format;
  if (byName === undefined) throw clash(`the name of ${out} says no format: give --format ${formats.join(', ')}`);
  return byName;
}

/** @throws CliError CLI_OPTIONS_CLASH when the file cannot be there */
function checkPlace(out: string): void {
  const bad = (what: string) => new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(`--out ${out}: ${what}`));
  const folder = path.dirname(path.resolve(out));
  if (!existsSync(folder)) throw bad(`the folder "${folder}" does not exist`);
  if (existsSync(out) && statSync(out).isDirectory()) throw bad('it is a folder; a file was expected');
}

async function textOf(result: QueryResult, format: Format): Promise<string> {
  if (format === 'csv') return queryCsv(result);
  if (format === 'json') return queryJson(result);
  return `${queryTable(result)}\n`;
}

async function write(result: QueryResult, format: Format, out: string): Promise<void> {
  if (format === 'parquet') return writeQueryParquet(result, out);
  // loaded when asked for: it is large
  const bytes = format === 'arrow' ? toArrowIpc(result, await import('apache-arrow')) : await textOf(result, format);
  const temporary = `${path.resolve(out)}.${randomUUID()}.part`;
  try {
    writeFileSync(temporary, bytes);
    renameSync(temporary, out);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error instanceof Error ? Object.assign(error, { path: out }) : error;
  }
}
