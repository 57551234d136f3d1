import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  type DatasetSpec,
  type FeatureStore,
  type PinnedDataset,
  type StoredDataset,
  writeDataset,
} from '../../../featurestore/index.js';
import { findRun } from '../../../training/index.js';
import type { CommandContext } from '../../context.js';
import { CliError, cliErrors } from '../../errors.js';
import type { Answer } from './answers.js';
import { withStore } from './archive.js';

interface DatasetOptions {
  readonly store: string;
  readonly json?: boolean;
  readonly spec?: string;
  readonly run?: string;
  readonly group?: readonly string[];
  readonly join: DatasetSpec['join'];
  readonly outcome?: NonNullable<DatasetSpec['outcome']>;
  readonly allow?: readonly string[];
  readonly asOf?: number;
  readonly knownAt?: number;
  readonly out: string;
  readonly saveSpec?: string;
}

/** `thoracle store dataset --store FILE (--spec FILE | --run ID | --group NAME…) --out FILE [--save-spec FILE]`. */
export function datasetCommand(context: CommandContext): Command {
  return new Command('dataset')
    .description('join groups into a table, or rebuild the table of an earlier time byte for byte')
    .requiredOption('--store <file>', 'the store’s file or postgres://…')
    .requiredOption('--out <file>', 'the table: .csv or .parquet; an earlier one is replaced')
    .option('--spec <file>', 'what to join, or what --save-spec wrote: then the same table again')
    .option('--run <id>', 'the dataset of a training that the store remembers')
    .option('--group <name...>', 'groups to join, the first one on the left')
    .addOption(
      new Option('--join <kind>', 'with --group: patients of the first group, of every or of any')
        .choices(['left', 'inner', 'full'])
        .default('left'),
    )
    .option('--outcome <group:time:event>', 'with --group: columns of days and of 0 or 1', outcomeOf)
    .option('--allow <group:feature...>', 'with --group: columns to take in spite of their role')
    .option('--as-of <time>', 'with --group: event times up to this, ISO 8601', timeOf)
    .option('--known-at <time>', 'with --group: rows written up to this, ISO 8601', timeOf)
    .option('--save-spec <file>', 'write what the same table can be rebuilt from; a new file')
    .option('--json', 'print one JSON document')
    .action((options: DatasetOptions) => {
      checkOptions(options);
      return withStore(context, options, true, async (store) => {
        const dataset = await build(store, options);
        await writeDataset(dataset, options.out);
        const { saveSpec } = options;
        if (saveSpec !== undefined) {
          writeFileSync(saveSpec, `${JSON.stringify(dataset.pinned, null, 1)}\n`, { flag: 'wx' });
        }
        return answer(dataset, options);
      });
    });
}

function checkOptions({ spec, run, group, outcome, allow, asOf, knownAt, saveSpec }: DatasetOptions): void {
  const clash = (what: string): Error => new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
  if ([spec, run, group].filter((given) => given !== undefined).length !== 1) {
    throw clash('give one of --spec FILE, --run ID and --group NAME…');
  }
  if (group === undefined && [outcome, allow, asOf, knownAt].some((given) => given !== undefined)) {
    throw clash('--outcome, --allow, --as-of and --known-at belong to --group; a spec has its own');
  }
  if (saveSpec !== undefined && existsSync(saveSpec)) {
    throw new CliError('CLI_OUT_EXISTS', cliErrors.CLI_OUT_EXISTS(saveSpec, 'a new file for --save-spec'));
  }
}

async function build(store: FeatureStore, options: DatasetOptions): Promise<StoredDataset> {
  const { spec, run, group, join, outcome, allow, asOf: asOfMs, knownAt: knownAtMs } = options;
  if (run !== undefined) {
    const { dataset, runId } = await findRun(store, run);
    if (dataset !== undefined) return store.rebuildDataset(dataset);
    throw new CliError('CLI_NO_DATASET', cliErrors.CLI_NO_DATASET(runId));
  }
  if (spec !== undefined) {
    const content = readSpec(spec);
    return isPinned(content) ? store.rebuildDataset(content) : store.dataset(content);
  }
  return store.dataset({
    groups: (group ?? []).map((name) => ({ name })),
    join,
    ...(outcome && { outcome }),
    ...(allow && { allow: allow.map(selectorOf) }),
    ...(asOfMs !== undefined && { asOfMs }),
    ...(knownAtMs !== undefined && { knownAtMs }),
  });
}

function readSpec(file: string): DatasetSpec | PinnedDataset {
  const bad = (what: string): Error => new CliError('CLI_BAD_SPEC_FILE', cliErrors.CLI_BAD_SPEC_FILE(file, what));
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw bad(error instanceof Error ? error.message : String(error));
  }
  if (content !== null && typeof content === 'object' && !Array.isArray(content)) return content as DatasetSpec;
  throw bad('it holds no JSON object');
}

function isPinned(content: DatasetSpec | PinnedDataset): content is PinnedDataset {
  return 'format' in content || 'digest' in content;
}

/** @throws InvalidArgumentError */
function outcomeOf(text: string): NonNullable<DatasetSpec['outcome']> {
  const [group, timeDays, event, ...rest] = text.split(':');
  if (group && timeDays && event && rest.length === 0) return { group, timeDays, event };
  throw new InvalidArgumentError('expected a group and its columns of days and of the event, as clinical:days:died.');
}

function selectorOf(text: string): { readonly group: string; readonly feature: string } {
  const [group, feature, ...rest] = text.split(':');
  if (group && feature && rest.length === 0) return { group, feature };
  const what = `--allow is "${text}", expected a group and its column, as clinical:chemo`;
  throw new CliError('CLI_OPTIONS_CLASH', cliErrors.CLI_OPTIONS_CLASH(what));
}

/** @throws InvalidArgumentError */
function timeOf(text: string): number {
  const ms = /^\d{4}-\d\d-\d\d(T|$)/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new InvalidArgumentError('expected a time, as 2020-01-31 or 2020-01-31T12:00:00Z (UTC).');
}

function answer(dataset: StoredDataset, { out, saveSpec }: DatasetOptions): Answer {
  const { pinned, leftOut, excluded } = dataset;
  const lines = [
    `${pinned.patients} patients x ${pinned.columns} columns written to ${out}`,
    `digest ${pinned.digest}`,
    ...(leftOut.length > 0 ? [`left out: ${leftOut.length} patients, the first ${leftOut[0]?.reason}`] : []),
    ...(excluded.length > 0 ? [`kept out by role: ${excluded.length} columns`] : []),
    ...(saveSpec === undefined ? [] : [`rebuild it with --spec ${saveSpec}`]),
  ];
  return { document: { file: out, pinned, leftOut, excluded }, text: () => lines.join('\n') };
}
