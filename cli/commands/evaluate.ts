import { Command, Option } from 'commander';
import { openDuckDbStore } from '../../featurestore/index.js';
import {
  type AssessedRecipe,
  type AssessJson,
  assess,
  assessedRecipes,
  assessSpecFor,
  parseModalities,
} from '../../training/index.js';
import type { CommandContext } from '../context.js';
import { createOutput, type Output, textTable } from '../io.js';
import { boosterSettings, dayCount, type GivenLearner, learnerOptions, pcaKinds } from '../learner-options.js';
import { wholeNumber, workersOption } from '../option-values.js';
import { progressView } from '../progress.js';
import { groupsOf, parametersOf, rememberFailure, rememberRun } from '../remember-run.js';

interface EvaluateOptions extends GivenLearner {
  readonly store: string;
  readonly modalities: string;
  readonly task: 'status' | 'survival';
  readonly recipe: AssessedRecipe;
  readonly horizon?: number;
  readonly landmark?: number;
  readonly censorAt?: number;
  readonly pca: (typeof pcaKinds)[number];
  readonly repeats: number;
  readonly folds: number;
  readonly seed: number;
  readonly patients?: string;
  readonly allow: readonly string[];
  readonly workers: number;
  readonly resume?: string;
  readonly json?: boolean;
}

/** `thoracle evaluate --store FILE --modalities … --task status|survival`: honest scores beside baselines and subsets. */
export function evaluateCommand(context: CommandContext): Command {
  const command = new Command('evaluate')
    .description('score a model by repeated nested cross-validation, beside its baselines and on every subset')
    .requiredOption('--store <file>', 'a feature store')
    .requiredOption('--modalities <list>', 'any of genomic, clinical, imaging; comma or hyphen between them')
    .addOption(new Option('--task <name>', 'what is predicted').choices(['status', 'survival']).default('survival'));
  for (const option of [...modelOptions(), ...followUpOptions()]) command.addOption(option);
  return command
    .option('--repeats <n>', 'repeats of the outer cross-validation', wholeNumber(1, 100), 5)
    .option('--folds <n>', 'outer folds', wholeNumber(2, 20), 5)
    .option('--seed <n>', 'seed of every random choice', wholeNumber(0, 2 ** 31 - 1), 0)
    .option('--patients <prefix>', 'only patients whose id starts so, for example R01-')
    .option('--allow <column...>', 'clinical columns to let in by name, whatever their role or the leakage alarm', [])
    .addOption(workersOption())
    .option('--resume <file>', 'keep finished folds here, and go on from it after an interruption')
    .option('--json', 'print one JSON document')
    .action(async (options: EvaluateOptions) => {
      const output = createOutput(context.io, options.json === true);
      const result = await rememberedEvaluation(options, context, output);
      for (const warning of result.warnings) output.note(`warning: ${warning}`);
      output.answer(result, () => evaluateText(result));
    });
}

function modelOptions(): readonly Option[] {
  return [
    new Option('--recipe <name>', 'the model; reference takes the leaky columns as the published template does')
      .choices([...assessedRecipes])
      .default('default'),
    new Option('--pca <how>', 'principal components before the model').choices([...pcaKinds]).default('none'),
    ...learnerOptions(),
  ];
}

function followUpOptions(): readonly Option[] {
  return [
    new Option(
      '--horizon <days>',
      'for example 730d: status is death by then (weighted for censoring); survival is scored there',
    ).argParser(dayCount),
    new Option('--landmark <days>', 'only patients under observation after so many days from surgery').argParser(
      dayCount,
    ),
    new Option('--censor-at <days>', 'follow-up ends here for everybody').argParser(dayCount),
  ];
}

/** Evaluates and writes the run into the store, also when it fails. */
async function rememberedEvaluation(
  options: EvaluateOptions,
  context: CommandContext,
  output: Output,
): Promise<AssessJson> {
  const { store, json: _json, resume: _resume, workers: _workers, pcaSize: size, ...rest } = options;
  const run = {
    kind: 'evaluate',
    name: `${options.task}, ${options.modalities}`,
    startedAtMs: Date.now(),
    parameters: parametersOf({ ...rest, ...(rest.pca !== 'none' && { pcaSize: Object.values(size)[0] }) }),
  } as const;
  const { result, groups } = await rememberFailure(store, output, run, () => evaluateModel(options, context));
  const inputs = [{ name: 'dataset', sha256: result.dataset.digest }];
  await rememberRun(store, output, { ...run, metrics: result.metrics, inputs, groups, artifacts: [] });
  return result;
}

async function evaluateModel(options: EvaluateOptions, context: CommandContext) {
  const modalities = parseModalities(options.modalities);
  const store = await openDuckDbStore({ file: options.store, readOnly: true });
  try {
    const all = await store.listGroups();
    const dataset = await store.dataset(assessSpecFor(modalities, all, options.allow));
    const progress = progressView('folds', context.io.stderr);
    const { task, recipe, repeats, folds, seed, workers, allow } = options;
    const { patients, horizon, landmark, censorAt, resume } = options;
    const result = await assess(dataset, {
      task,
      modalities,
      recipe,
      repeats,
      folds,
      seed,
      workers,
      allow,
      pca: options.pca === 'none' ? { kind: 'none' } : { kind: options.pca, size: options.pcaSize },
      ...(patients !== undefined && { patients }),
      ...(horizon !== undefined && { horizonDays: horizon }),
      ...(landmark !== undefined && { landmarkDays: landmark }),
      ...(censorAt !== undefined && { censorAtDays: censorAt }),
      ...boosterSettings(options),
      ...(resume !== undefined && { resumeFile: resume }),
      onProgress: (done, total) => progress.update(done, total, 0),
    });
    progress.stop();
    return { result, groups: groupsOf(all, modalities) };
  } finally {
    await store.close();
  }
}

function evaluateText(result: AssessJson): string {
  const { patients, events, features } = result.dataset;
  const columns = [[result.recipe, result.metrics], ...Object.entries(result.baselines)] as const;
  const names = Object.keys(result.metrics);
  const rows = columns.map(([model, metrics]) => [model, ...names.map((name) => text(metrics[name]))]);
  const subsets = Object.entries(result.subsets).map(([name, subset]) => [
    name,
    String(subset.patients),
    String(subset.events),
    text(subset.metrics.harrellC),
    text(subset.metrics.rocAuc),
  ]);
  const differences = Object.entries(result.comparisons).map(([name, { harrellC, rocAuc }]) => [
    name,
    `${text(harrellC)} p ${harrellC.pValue.toFixed(3)}`,
    `${text(rocAuc)} p ${rocAuc.pValue.toFixed(3)}`,
  ]);
  return [
    `${patients} patients, ${events} deaths, ${features} features`,
    result.evaluation,
    ...Object.entries(result.definitions).map(([name, meaning]) => `  ${name}: ${meaning}`),
    ...Object.entries(result.notGiven).map(([name, reason]) => `  ${name} is not given: ${reason}`),
    '',
    ...rankingAndRest(rows, names),
    '',
    `${result.recipe} less each baseline, fold by fold (test corrected for shared training patients)`,
    textTable(['baseline', 'harrellC', 'rocAuc'], differences),
    '',
    textTable(['subset', 'patients', 'deaths', 'harrellC', 'rocAuc'], subsets),
    '',
    'Research software, not a medical device: not for clinical use.',
  ].join('\n');
}

/** Tables of a few metrics each, one line a model: all of them in one would be too wide. */
function rankingAndRest(rows: readonly (readonly string[])[], names: readonly string[]): readonly string[] {
  const width = 4;
  return Array.from({ length: Math.ceil(names.length / width) }, (_, k) => {
    const [from, to] = [k * width, (k + 1) * width];
    const part = rows.map(([model = '', ...values]) => [model, ...values.slice(from, to)]);
    return `${textTable(['model', ...names.slice(from, to)], part)}\n`;
  });
}

function text(estimate: { readonly value: number; readonly low: number; readonly high: number } | undefined): string {
  if (estimate === undefined) return '-';
  return `${estimate.value.toFixed(3)} (${estimate.low.toFixed(3)} to ${estimate.high.toFixed(3)})`;
}
