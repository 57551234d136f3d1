import { Argument, Command, Option } from 'commander';
import {
  collectionNames,
  type DownloadModality,
  type DownloadPlan,
  downloadCohort,
  downloadModalities,
  planDownload,
  readArchive,
  termsOf,
} from '../../cohort/index.js';
import type { CommandContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { createOutput, noteAll, textTable } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { progressView } from '../progress.js';

interface DownloadCommandOptions {
  readonly dest: string;
  readonly patients?: readonly string[];
  readonly modalities?: readonly DownloadModality[];
  readonly refresh?: boolean;
  readonly dryRun?: boolean;
  readonly parallel: number;
  readonly archives?: string;
  readonly json?: boolean;
}

/** `thoracle cohort download COLLECTION --dest DIR [--patients …] [--modalities …] [--dry-run]`. */
export function downloadCommand(context: CommandContext): Command {
  return new Command('download')
    .description(
      'fetch a public cohort: tables, and the CT series that have a segmentation; run again it goes on where it stopped',
    )
    .addArgument(new Argument('<collection>').choices(collectionNames))
    .requiredOption('--dest <dir>', 'folder for the data; may hold an earlier download')
    .option('--patients <id...>', 'images of these patients only (tables are always whole)')
    .addOption(new Option('--modalities <what...>', 'only these').choices(downloadModalities))
    .option('--refresh', 'ask for the list of series again (default: the list of the first run, kept beside the data)')
    .option('--dry-run', 'say what would be fetched, with sizes; write nothing')
    .option('--parallel <n>', 'files at a time', wholeNumber(1, 64), 8)
    .option('--archives <file.json>', 'addresses of a mirror')
    .option('--json', 'print one JSON document')
    .action((collection: string, options: DownloadCommandOptions) => download(collection, options, context));
}

async function download(collection: string, options: DownloadCommandOptions, context: CommandContext): Promise<void> {
  const output = createOutput(context.io, options.json === true);
  const archive = await readArchive(collection, options.archives);
  const { dest, patients, modalities, refresh, parallel } = options;
  const wanted = {
    ...{ refresh: refresh === true, parallel },
    ...(patients && { patients }),
    ...(modalities && { modalities }),
  };
  const plan = await planDownload(archive, dest, wanted);
  output.note(termsOf(archive));
  if (options.dryRun === true) {
    const { newList: _, ...shown } = plan;
    output.answer({ dryRun: true, terms: termsOf(archive), ...shown }, () => planText(plan));
    return;
  }
  const view = progressView('downloading, MB', context.io.stderr);
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  const result = await downloadCohort(archive, dest, plan, {
    ...wanted,
    onProgress: (bytes, total, failed) => view.update(megabytes(bytes), Math.max(1, megabytes(total)), failed),
  }).finally(() => view.stop());
  noteAll(
    output,
    result.failed.map(({ reason }) => reason),
  );
  const { fetched, alreadyThere, failed } = result;
  output.answer({ dest, terms: termsOf(archive), ...result }, () => {
    const again = failed.length > 0 ? '; run the same command again to go on' : '';
    return `${fetched} files fetched into ${dest}, ${alreadyThere} were there, ${failed.length} failed${again}`;
  });
  context.exit(failed.length > 0 ? exitCode.someFailed : exitCode.ok);
}

function planText({ series, tables, bytes, patients }: DownloadPlan): string {
  const size = (n: number) => `${(n / 1e6).toFixed(1)} MB`;
  const head = `${series.length} series of ${patients} patients, ${size(bytes)}; ${tables.length} tables`;
  const rows = series.map((one) => [one.patientId, one.modality, one.objects, size(one.bytes), one.seriesInstanceUid]);
  const lines = [head, ...tables.map(({ url }) => url)];
  return rows.length === 0
    ? lines.join('\n')
    : `${lines.join('\n')}\n${textTable(['patient', 'kind', 'objects', 'size', 'series'], rows)}`;
}
