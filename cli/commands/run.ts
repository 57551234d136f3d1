import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { type CohortIndex, indexCohort } from '../../cohort/index.js';
import { openDuckDbStore } from '../../featurestore/index.js';
import type { RunSummary, StageName, StageSummary } from '../../pipelines/index.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCode } from '../exit-code.js';
import { createOutput, noteAll, type Output, textTable } from '../io.js';
import { cohortRegionOptions, listOf, workersOption } from '../option-values.js';
import { progressView } from '../progress.js';
import { findingLines, type PipelineChoice, planRun, runIntoStore } from '../run-into-store.js';

const stageNames: readonly StageName[] = ['genomic', 'clinical', 'imaging'];

interface RunCommandOptions extends PipelineChoice {
  readonly cohort: string;
  readonly store: string;
  readonly artifacts?: string;
  readonly json?: boolean;
}

/** `thoracle run --cohort DIR --store FILE [--stages genomic,clinical,imaging] [--workers N]`. */
export function runCommand(context: CommandContext): Command {
  const region = cohortRegionOptions();
  return new Command('run')
    .description('raw files of a cohort -> features in the store; one failing patient does not stop the others')
    .requiredOption('--cohort <dir>', 'folder with the raw files, in any layout')
    .requiredOption('--store <file>', 'feature store; made when it does not exist')
    .option('--stages <list>', 'which stages to run', listOf(stageNames), stageNames)
    .addOption(workersOption())
    .option(
      '--genes <which>',
      'metagenes (the 21 of doi:10.1148/radiol.2017161845), all, or a file with one symbol a line',
      'metagenes',
    )
    .option('--settings <file>', 'PyRadiomics parameter file (YAML)')
    .addOption(
      new Option('--imaging-from <source>', 'where a cohort has both images and a radiomics table').choices([
        'dicom',
        'table',
      ]),
    )
    .addOption(region[0])
    .addOption(region[1])
    .addOption(region[2])
    .option('--artifacts <dir>', 'where NIfTI files and pictures go (default: artifacts/ beside the store)')
    .option('--json', 'print one JSON document')
    .action(async (options: RunCommandOptions) => {
      const output = createOutput(context.io, options.json === true);
      const result = await runCohort(options, context, output);
      output.answer(result, () => runText(result));
      context.exit(runExitCode(result.stages));
    });
}

/** What a run did, as `run --json` prints it. */
export interface RunResult {
  readonly cohort: {
    readonly root: string;
    readonly patients: number;
    readonly notUnderstood: CohortIndex['notUnderstood'];
  };
  readonly store: string;
  readonly stages: RunSummary;
}

/** Indexes, plans, runs and stores. The store is opened before the work, so that an unwritable one costs nothing. */
export async function runCohort(
  options: RunCommandOptions,
  context: CommandContext,
  output: Output,
): Promise<RunResult> {
  const index = await indexCohort(options.cohort);
  const plan = await planRun(index, options);
  noteAll(
    output,
    index.notUnderstood.map((file) => `not understood: ${file.path}: ${file.reason}`),
  );
  const isNew = !existsSync(options.store);
  const store = await openDuckDbStore({ file: options.store });
  let written = 0;
  const view = progressView('jobs', context.io.stderr);
  try {
    const stages = await runIntoStore(store, plan, options, {
      artifacts: options.artifacts ?? join(dirname(options.store), 'artifacts'),
      note: output.note,
      onWritten: () => written++,
      onProgress: view.update,
    });
    for (const summary of Object.entries(stages)) {
      noteAll(output, failureLines(...summary));
      noteAll(output, findingLines(...summary));
    }
    const { root, patients, notUnderstood } = index;
    return { cohort: { root, patients: patients.length, notUnderstood }, store: options.store, stages };
  } finally {
    view.stop();
    await store.close();
    if (isNew && written === 0) await removeStore(options.store);
  }
}

/** A store that was made for a run which then wrote nothing is not left behind. */
async function removeStore(file: string): Promise<void> {
  for (const path of [file, `${file}.wal`]) await rm(path, { force: true });
}

function failureLines(stage: string, { failed }: StageSummary): readonly string[] {
  return failed.map(({ patient, reason }) => `${stage}: ${patient} failed: ${reason}`);
}

function runText(result: RunResult): string {
  const rows = Object.entries(result.stages).map(([stage, summary]) => [
    stage,
    summary.done,
    summary.failed.length,
    summary.skipped,
    summary.findings.length,
  ]);
  return `${textTable(['stage', 'done', 'failed', 'skipped', 'findings'], rows)}\nstore: ${result.store}`;
}

/** A whole file that was unusable is bad input; a failed patient is not. */
export function runExitCode(stages: RunSummary): ExitCode {
  const failures = Object.values(stages).flatMap((summary) => summary.failed);
  if (failures.some((failure) => failure.inputError)) return exitCode.badInput;
  return failures.length > 0 ? exitCode.someFailed : exitCode.ok;
}
