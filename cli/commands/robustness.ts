import { existsSync } from 'node:fs';
import { open, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { indexCohort } from '../../cohort/index.js';
import type { FeatureRobustness, Icc, PerturbationRanges } from '../../pipelines/imaging/index.js';
import { type CohortRobustness, cohortRobustness, type Plan, planJobs } from '../../pipelines/index.js';
import type { CommandContext } from '../context.js';
import { exitCode } from '../exit-code.js';
import { createOutput, noteAll, type Output, textTable } from '../io.js';
import { cohortRegionOptions, wholeNumber, workersOption } from '../option-values.js';
import { progressView } from '../progress.js';
import { perturbationOptions } from './perturbation-options.js';
import { idleGrowthNote } from './radiomics-perturb.js';
import { radiomicsSettings } from './radiomics-region.js';

interface RobustnessCommandOptions {
  readonly cohort: string;
  readonly perturb: number;
  readonly perturbBy: PerturbationRanges;
  readonly seed: number;
  readonly settings?: string;
  readonly roi?: string | number;
  readonly segment?: string | number;
  readonly segmentation?: 'SEG' | 'RTSTRUCT';
  readonly workers: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** `thoracle robustness --cohort DIR --perturb N [--perturb-by LIST] [--seed S] [--out FILE.csv]`. */
export function robustnessCommand(context: CommandContext): Command {
  const command = new Command('robustness')
    .description('which radiomics features of a cohort stay put when image and contour change a little')
    .requiredOption('--cohort <dir>', 'folder with the images and segmentations, in any layout')
    .addOption(
      new Option('--perturb <n>', 'perturbations of each patient')
        .argParser(wholeNumber(2, 1000))
        .makeOptionMandatory(),
    );
  for (const option of perturbationOptions()) command.addOption(option);
  command.option('--settings <file>', 'PyRadiomics parameter file (YAML)');
  for (const option of [...cohortRegionOptions(), workersOption()]) command.addOption(option);
  return command
    .option('--out <file.csv>', 'write the table with all three correlations and their intervals')
    .option('--json', 'print one JSON document')
    .action((options: RobustnessCommandOptions) => measureRobustness(options, context));
}

async function measureRobustness(options: RobustnessCommandOptions, context: CommandContext): Promise<void> {
  const output = createOutput(context.io, options.json === true);
  const plan = await planPatients(options);
  const write = options.out === undefined ? undefined : await openTable(options.out);
  const result = await run(plan, options, context).catch(async (error: unknown) => {
    await write?.abandon();
    throw error;
  });
  sayWhatHappened(output, result, options.perturb);
  await write?.finish(robustnessCsv(result.features, result.patients.length, options.perturb));
  const { perturb: perturbations, perturbBy: ranges, seed } = options;
  output.answer({ perturbations, ranges, seed, ...result }, () => robustnessText(result, perturbations));
  const allUsed = result.failed.length + result.leftOut.length === 0;
  context.exit(allUsed ? exitCode.ok : exitCode.someFailed);
}

async function planPatients(options: RobustnessCommandOptions): Promise<Plan> {
  const settings = await radiomicsSettings(options.settings);
  const { segmentation } = options;
  return planJobs(await indexCohort(options.cohort), {
    stages: ['imaging'],
    genes: 'all',
    imagingFrom: 'dicom',
    radiomicsSettings: settings,
    roi: options.roi,
    segment: options.segment,
    segmentation: segmentation === undefined ? undefined : { modality: segmentation },
  });
}

async function run(plan: Plan, options: RobustnessCommandOptions, context: CommandContext): Promise<CohortRobustness> {
  const view = progressView('patients', context.io.stderr);
  try {
    return await cohortRobustness(plan, {
      workers: options.workers,
      workerFile: fileURLToPath(new URL('../../pipelines/worker.js', import.meta.url)),
      perturbations: options.perturb,
      ranges: options.perturbBy,
      seed: options.seed,
      onProgress: (done, failed) => view.update(done, plan.jobs.length, failed),
    });
  } finally {
    view.stop();
  }
}

/** The file is opened before the work, so that one that cannot be written costs nothing; an existing one is kept until the end. */
async function openTable(file: string) {
  const isNew = !existsSync(file);
  await (await open(file, 'a')).close();
  return {
    abandon: () => (isNew ? rm(file, { force: true }) : undefined),
    finish: (text: string) => writeFile(file, text),
  };
}

function sayWhatHappened(output: Output, result: CohortRobustness, perturbations: number): void {
  const { failed, leftOut, findings, patients, idleGrowths } = result;
  noteAll(
    output,
    failed.map(({ patient, reason }) => `${patient} failed: ${reason}`),
  );
  noteAll(
    output,
    leftOut.map(
      (l) =>
        `${l.patient} left out: ${l.perturbations} of ${perturbations} perturbations could not be measured: ${l.reason}`,
    ),
  );
  noteAll(
    output,
    findings.map(({ patientId = '', message }) =>
      message.startsWith(patientId) ? message : `${patientId}: ${message}`,
    ),
  );
  if (idleGrowths > 0) output.note(idleGrowthNote(idleGrowths, perturbations * patients.length));
  if (patients.length < 2) {
    output.note('note: fewer than two patients were measured under every perturbation, so there is no correlation');
  }
}

function robustnessText({ features, patients }: CohortRobustness, perturbations: number): string {
  const short = (value: number | null | undefined) => (value === null || value === undefined ? '-' : value.toFixed(3));
  const rows = features.map(({ feature, icc, reliability, coefficientOfVariation: cv }) => [
    ...[feature, short(icc?.icc11.value), short(icc?.icc11.low), short(icc?.icc11.high), short(cv)],
    reliability?.estimate ?? '-',
  ]);
  const count = (name: string) => features.filter(({ reliability: r }) => r?.estimate === name).length;
  const counts = ['excellent', 'good', 'moderate', 'poor'].map((name) => `${count(name)} ${name}`).join(', ');
  const head = `${patients.length} patients, ${perturbations} perturbations each: ${counts} of ${features.length} features`;
  if (features.length === 0) return head;
  return `${head}\n${textTable(['feature', 'ICC(1,1)', 'low', 'high', 'CV', 'reliability'], rows)}`;
}

const correlations = ['icc11', 'icc21', 'icc31'] as const;
const csvHeader = [
  ...['feature', 'patients', 'perturbations'],
  ...correlations.flatMap((name) => [name, `${name}_low`, `${name}_high`]),
  ...['coefficient_of_variation', 'reliability', 'reliability_at_least'],
];

/** One line per feature, with every digit; an empty field where there is no value. */
function robustnessCsv(features: readonly FeatureRobustness[], patients: number, perturbations: number): string {
  const triple = (icc: Icc | undefined) => [icc?.value, icc?.low, icc?.high];
  const lines = features.map(({ feature, icc, reliability, coefficientOfVariation }) => [
    ...[feature, patients, perturbations],
    ...correlations.flatMap((name) => triple(icc?.[name])),
    ...[coefficientOfVariation, reliability?.estimate, reliability?.atLeast],
  ]);
  return [csvHeader, ...lines].map((line) => `${line.map((cell) => cell ?? '').join(',')}\n`).join('');
}
