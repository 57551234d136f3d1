import { join } from 'node:path';
import { Command, Option } from 'commander';
import { openDuckDbStore, type PinnedDataset } from '../../featurestore/index.js';
import { assertBundlePlace, saveBundle } from '../../training/bundle/folder.js';
import {
  type BackendChoice,
  backendChoices,
  cardMarkdown,
  datasetSpecFor,
  modelCard,
  outcomeColumns,
  parseModalities,
  type TrainedRecipe,
  type TrainJson,
  type TrainOptions,
  type TrainResult,
  train,
  trainedRecipes,
} from '../../training/index.js';
import { renderReport } from '../../training/report/index.js';
import type { CommandContext } from '../context.js';
import { createOutput, type Output, textTable } from '../io.js';
import { boosterSettings, dayCount, type GivenLearner, learnerOptions, pcaKinds } from '../learner-options.js';
import { wholeNumber, workersOption } from '../option-values.js';
import { progressView } from '../progress.js';
import { parametersOf, rememberFailure, rememberRun } from '../remember-run.js';

interface TrainCommandOptions {
  readonly store: string;
  readonly modalities: string;
  readonly recipe: TrainedRecipe;
  /** The settings of a learner that were asked for. */
  readonly settings?: LearnerOptions;
  readonly allow?: readonly string[];
  readonly workers?: number;
  readonly seed: number;
  readonly out: string;
  readonly json?: boolean;
}

type LearnerOptions = Pick<
  TrainOptions,
  'task' | 'horizonDays' | 'pca' | 'pcaBackend' | 'objective' | 'aftDistribution' | 'search' | 'trials'
>;

/** What commander collects; `settings` are made from it. */
interface GivenOptions extends Omit<TrainCommandOptions, 'settings'>, GivenLearner {
  readonly task?: 'status' | 'survival';
  readonly horizon?: number;
  readonly pca?: (typeof pcaKinds)[number];
  readonly pcaBackend: BackendChoice;
}

/** `thoracle train --store FILE --modalities genomic,clinical,imaging [--recipe NAME] [--task status|survival] [--seed 0] --out DIR`. */
export function trainCommand(context: CommandContext): Command {
  const command = new Command('train')
    .description('train a model on joined modalities, score it honestly, write it with its report')
    .requiredOption('--store <file>', 'a feature store')
    .requiredOption('--modalities <list>', 'any of genomic, clinical, imaging; comma or hyphen between them')
    .addOption(
      new Option(
        '--recipe <name>',
        'default: what evaluate scores; components: PCA and XGBoost; reference: the published template, its leaky columns included',
      )
        .choices([...trainedRecipes])
        .default('default'),
    )
    .addOption(
      new Option(
        '--task <name>',
        'status (dead or alive) or survival over time (default: survival, but status for components and reference)',
      ).choices(['status', 'survival']),
    );
  for (const option of modelOptions()) command.addOption(option);
  return command
    .option('--allow <column...>', 'clinical columns to let in by name, whatever their role or the leakage alarm', [])
    .addOption(workersOption())
    .option('--seed <n>', 'seed of every random choice', wholeNumber(0, 2 ** 31 - 1), 0)
    .requiredOption('--out <dir>', 'folder for the model and the report; an earlier model there is replaced')
    .option('--json', 'print one JSON document')
    .action(async (options: GivenOptions) => {
      const output = createOutput(context.io, options.json === true);
      const { store, modalities, recipe, json: _json, out: _out, pcaSize: _size, ...rest } = options;
      const run = {
        kind: 'train',
        name: `${recipe} recipe, ${modalities}`,
        startedAtMs: Date.now(),
        parameters: parametersOf({ recipe, modalities, ...rest }),
      } as const;
      const asked = { ...options, settings: settingsOf(options) };
      const result = await rememberFailure(store, output, run, () => trainModel(asked, context, output));
      output.answer(result, () => trainText(result, options.out));
    });
}

function modelOptions(): readonly Option[] {
  return [
    new Option(
      '--horizon <days>',
      'status: death by then, for example 730d; survival: where probabilities are scored',
    ).argParser(dayCount),
    new Option('--pca <how>', 'principal components before a learner (default: none)').choices([...pcaKinds]),
    new Option('--pca-backend <name>', 'who computes components; auto chooses by size')
      .choices([...backendChoices])
      .default('auto'),
    ...learnerOptions(),
  ];
}

function settingsOf(options: GivenOptions): LearnerOptions {
  const { recipe, horizon, pca, pcaBackend, pcaSize: size } = options;
  const chain = recipe === 'components' || recipe === 'reference';
  const { task = chain ? 'status' : 'survival' } = options;
  return {
    task,
    pcaBackend,
    ...(horizon !== undefined && { horizonDays: horizon }),
    ...(pca !== undefined && { pca: pca === 'none' ? { kind: pca } : { kind: pca, size } }),
    ...boosterSettings(options),
  };
}

/** Joins, trains, writes `manifest.json`, `model.json`, `model-card.md`, `train.json`, `report.json` and `report.html` into `out`. */
export async function trainModel(
  options: Omit<TrainCommandOptions, 'json'>,
  context: CommandContext,
  output: Output,
): Promise<TrainJson> {
  const { recipe, seed, out, settings = {}, allow = [], workers = 1 } = options;
  const modalities = parseModalities(options.modalities);
  const startedAtMs = Date.now();
  await assertBundlePlace(out);
  const { dataset, groups } = await readDataset(options.store, modalities, recipe, allow);
  const progress = progressView('fitting models', context.io.stderr);
  const trained = await train(dataset, {
    recipe,
    seed,
    modalities,
    groups,
    allow,
    workers,
    ...settings,
    onProgress: (done, total) => progress.update(done, total, 0),
  });
  progress.stop();
  const card = modelCard(trained.bundle.manifest, trained.reportData);
  await saveBundle(out, trained.bundle, {
    'model-card.md': cardMarkdown(card),
    'train.json': `${JSON.stringify(trained.json, null, 1)}\n`,
    'report.json': `${JSON.stringify(trained.reportData)}\n`,
    'report.html': renderReport(trained.reportData, { card }),
  });
  await rememberTraining(options.store, startedAtMs, trained, dataset.pinned, output);
  for (const warning of trained.json.warnings) output.note(`warning: ${warning}`);
  return trained.json;
}

/** The run, as the store remembers it. */
async function rememberTraining(
  file: string,
  startedAtMs: number,
  trained: TrainResult,
  dataset: PinnedDataset,
  output: Output,
): Promise<void> {
  const { manifest } = trained.bundle;
  await rememberRun(file, output, {
    kind: 'train',
    name: `${manifest.recipe} recipe, ${manifest.trainedOn.modalities.join(' and ')}`,
    startedAtMs,
    parameters: {
      recipe: manifest.recipe,
      task: manifest.task.kind,
      seed: manifest.trainedOn.seed,
      modalities: manifest.trainedOn.modalities.join(','),
      xgboost: manifest.lineage.xgboostVersion,
    },
    metrics: manifest.metrics,
    inputs: [{ name: 'dataset', sha256: manifest.trainedOn.datasetDigest }],
    groups: manifest.lineage.groups,
    dataset,
    artifacts: [
      { name: 'model', sha256: manifest.modelId },
      ...manifest.members.flatMap(({ model }) =>
        model.kind === 'booster' ? [{ name: model.file, sha256: model.sha256 }] : [],
      ),
    ],
  });
}

async function readDataset(
  file: string,
  modalities: ReturnType<typeof parseModalities>,
  recipe: TrainedRecipe,
  allow: readonly string[],
) {
  const store = await openDuckDbStore({ file, readOnly: true });
  try {
    const all = await store.listGroups();
    const spec = datasetSpecFor(modalities, recipe, all);
    const named = allow.map((feature) => ({ group: outcomeColumns.group, feature }));
    const asked = recipe === 'reference' || named.length === 0 ? spec : { ...spec, allow: named };
    const dataset = await store.dataset(asked);
    const used = new Set<string>([...modalities, outcomeColumns.group]);
    return { dataset, groups: all.filter((group) => used.has(group.name)) };
  } finally {
    await store.close();
  }
}

function trainText(result: TrainJson, out: string): string {
  const { dataset } = result;
  const scores = Object.keys(result.metrics).map((name) => [
    name,
    estimateText(result.metrics[name]),
    estimateText(result.baseline[name]),
  ]);
  return [
    `${dataset.patients} patients (${dataset.complete} with every modality, ${dataset.incomplete} incomplete), ${dataset.events} deaths, ${dataset.features} features`,
    result.evaluation,
    '',
    textTable(['metric', `${result.model.recipe} recipe`, 'without any column'], scores),
    '',
    `chosen: ${Object.entries(result.model.chosen)
      .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`)
      .join(', ')}`,
    `model ${result.model.id.slice(0, 12)} and report written to ${out} (open ${join(out, 'report.html')})`,
    'Research software, not a medical device: not for clinical use.',
  ].join('\n');
}

function estimateText(estimate: TrainJson['metrics'][string] | undefined): string {
  if (estimate === undefined) return '-';
  const { value, low, high } = estimate;
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
}
