import { Command } from 'commander';
import { type CohortIndex, generateCohort, indexCohort, type PatientModalities } from '../../cohort/index.js';
import type { CommandContext } from '../context.js';
import { createOutput, textTable } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { progressView } from '../progress.js';
import { deidentifyCommand } from './cohort-deidentify.js';
import { downloadCommand } from './cohort-download.js';
import { pullCommand } from './cohort-pull.js';

/** `thoracle cohort index DIR | cohort generate --patients N --seed S --out DIR | cohort deidentify IN OUT`. */
export function cohortCommand(context: CommandContext): Command {
  const command = new Command('cohort').description(
    'get a cohort, find out what a folder holds, take names out of it, or make a synthetic one',
  );
  command.addCommand(indexCommand(context));
  command.addCommand(generateCommand(context));
  command.addCommand(downloadCommand(context));
  command.addCommand(pullCommand(context));
  command.addCommand(deidentifyCommand(context));
  return command;
}

function indexCommand(context: CommandContext): Command {
  return new Command('index')
    .description('list patients and modalities of a folder; files are recognised by content')
    .argument('<dir>', 'any folder')
    .option('--json', 'print one JSON document')
    .action(async (dir: string, options: { readonly json?: boolean }) => {
      const output = createOutput(context.io, options.json === true);
      const progress = progressView('reading headers', context.io.stderr);
      const index = await indexCohort(dir, { onProgress: (done, total) => progress.update(done, total, 0) });
      progress.stop();
      output.answer(index, () => indexText(index));
    });
}

function generateCommand(context: CommandContext): Command {
  return new Command('generate')
    .description('write a synthetic cohort in the formats of the public one; same seed, same bytes')
    .requiredOption('--patients <n>', 'how many patients', wholeNumber(1, 100_000))
    .requiredOption('--seed <s>', 'seed of every random choice', wholeNumber(0, 2 ** 31 - 1))
    .requiredOption('--out <dir>', 'a new or empty folder')
    .option('--json', 'print one JSON document')
    .action(async (options: { patients: number; seed: number; out: string; json?: boolean }) => {
      const output = createOutput(context.io, options.json === true);
      const progress = progressView('generating', context.io.stderr);
      const { patients, seed, out } = options;
      const cohort = await generateCohort({
        patients,
        seed,
        out,
        onProgress: (done, total) => progress.update(done, total, 0),
      });
      progress.stop();
      output.answer(cohort, () => `${patients} synthetic patients written to ${out}`);
    });
}

const modalityNames: Readonly<Record<keyof PatientModalities, string>> = {
  genomic: 'gene expression',
  clinical: 'clinical record',
  ct: 'CT series',
  segmentation: 'segmentation',
  radiomicsTable: 'precomputed radiomics',
};

function indexText(index: CohortIndex): string {
  const keys = Object.keys(modalityNames) as (keyof PatientModalities)[];
  const counts = keys.map((key) => [
    modalityNames[key],
    index.patients.filter((patient) => patient.modalities[key]).length,
  ]);
  const complete = index.patients.filter(
    ({ modalities: m }) => m.genomic && m.clinical && ((m.ct && m.segmentation) || m.radiomicsTable),
  );
  const lines = [
    `${index.patients.length} patients in ${index.root}; ${complete.length} have all three modalities`,
    textTable(['data', 'patients'], counts),
  ];
  if (index.notUnderstood.length > 0) {
    lines.push(
      '',
      `files that were not understood: ${index.notUnderstood.length}`,
      textTable(
        ['kind', 'file', 'reason'],
        index.notUnderstood.map((f) => [f.kind, f.path, f.reason]),
      ),
    );
  }
  return lines.join('\n');
}
