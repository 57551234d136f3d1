import { Command, Option } from 'commander';
import { openDuckDbStore } from '../../featurestore/index.js';
import { type AssessJson, assess, datasetSpecFor, parseModalities } from '../../training/index.js';
import type { CommandContext } from '../context.js';
import { createOutput, type Output, textTable } from '../io.js';
import { wholeNumber } from '../option-values.js';
import { progressView } from '../progress.js';
import { groupsOf, parametersOf, rememberFailure, rememberRun } from '../remember-run.js';

interface EvaluateOptions {
  readonly store: string;
  readonly modalities: string;
  readonly task: 'status' | 'survival';
  readonly repeats: number;
  readonly folds: number;
  readonly seed: number;
  readonly patients?: string;
  readonly allow: readonly string[];
  readonly json?: boolean;
}

/** `thoracle evaluate --store FILE --modalities … --task status|survival`: honest scores beside baselines and subsets. */
export function evaluateCommand(context: CommandContext): Command {
  return new Command('evaluate')
    .description(
      'score the default model by repeated nested cross-validation, beside its baselines and on every subset',
    )
    .requiredOption('--store <file>', 'a feature store')
    .requiredOption('--modalities <list>', 'any of genomic, clinical, imaging; comma or hyphen between them')
    .addOption(new Option('--task <name>', 'what is predicted').choices(['status', 'survival']).default('survival'))
    .option('--repeats <n>', 'repeats of the outer cross-validation', wholeNumber(1, 100), 5)
    .option('--folds <n>', 'outer folds', wholeNumber(2, 20), 5)
    .option('--seed <n>', 'seed of every random choice', wholeNumber(0, 2 ** 31 - 1), 0)
    .option('--patients <prefix>', 'only patients whose id starts so, for example R01-')
    .option('--allow <column...>', 'clinical columns to let in by name, whatever their role or the leakage alarm', [])
    .option('--json', 'print one JSON document')
    .action(async (options: EvaluateOptions) => {
      const output = createOutput(context.io, options.json === true);
      const result = await rememberedEvaluation(options, context, output);
      for (const warning of result.warnings) output.note(`warning: ${warning}`);
      output.answer(result, () => evaluateText(result));
    });
}

/** Evaluates and writes the run into the store, also when it fails. */
async function rememberedEvaluation(
  options: EvaluateOptions,
  context: CommandContext,
  output: Output,
): Promise<AssessJson> {
  const { store, json: _json, ...rest } = options;
  const run = {
    kind: 'evaluate',
    name: `${options.task}, ${options.modalities}`,
    startedAtMs: Date.now(),
    parameters: parametersOf(rest),
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
    const spec = datasetSpecFor(modalities, 'default', all);
    const allow = options.allow.map((feature) => ({ group: 'clinical', feature }));
    const dataset = await store.dataset({ ...spec, ...(allow.length > 0 && { allow }) });
    const progress = progressView('scoring models', context.io.stderr);
    const { task, repeats, folds, seed, patients } = options;
    const result = await assess(dataset, {
      task,
      modalities,
      repeats,
      folds,
      seed,
      allow: options.allow,
      ...(patients !== undefined && { patients }),
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
  const columns = [['default', result.metrics], ...Object.entries(result.baselines)] as const;
  const names = Object.keys(result.metrics);
  const rows = names.map((name) => [name, ...columns.map(([, metrics]) => text(metrics[name]))]);
  const subsets = Object.entries(result.subsets).map(([name, subset]) => [
    name,
    String(subset.patients),
    String(subset.events),
    text(subset.metrics.harrellC),
    text(subset.metrics.rocAuc),
  ]);
  const difference = Object.entries(result.comparison).map(
    ([name, d]) => `${name}: default less reference ${text(d)}, p ${d.pValue.toFixed(3)}`,
  );
  return [
    `${patients} patients, ${events} deaths, ${features} features`,
    result.evaluation,
    '',
    textTable(['metric', ...columns.map(([name]) => name)], rows),
    '',
    ...difference,
    '',
    textTable(['subset', 'patients', 'deaths', 'harrellC', 'rocAuc'], subsets),
    '',
    'Research software, not a medical device: not for clinical use.',
  ].join('\n');
}

function text(estimate: { readonly value: number; readonly low: number; readonly high: number } | undefined): string {
  if (estimate === undefined) return '-';
  return `${estimate.value.toFixed(3)} (${estimate.low.toFixed(3)} to ${estimate.high.toFixed(3)})`;
}
