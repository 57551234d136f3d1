import {
  defaultColumns,
  defaultLearner,
  type LearnerName,
  type LearnerSettings,
  type Task,
} from '../learners/index.js';
import type { Sample } from '../sample.js';
import type { AssessOptions } from './options.js';

/** A model to score: what is fitted, on which patients and columns. Plain data, so that a worker can be told. */
export interface PlannedModel {
  readonly name: string;
  /** Positions in the sample. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** null: a model that knows no column. */
  readonly settings: LearnerSettings | null;
}

/** Everything that one evaluation scores. */
export interface AssessPlan {
  readonly main: PlannedModel;
  readonly baselines: readonly PlannedModel[];
  readonly subsets: readonly PlannedModel[];
}

/** Columns that say how far the tumour has spread, as numbers. */
const stageColumn = /^Pathological[TNM]stage_ordered$/;

/**
 * The default model (or the recipe asked for), its baselines and every subset of the modalities.
 * @param honest positions of the columns that may enter: features, and what was allowed by name
 */
export function planModels(sample: Sample, honest: readonly number[], task: Task, options: AssessOptions): AssessPlan {
  const everyone = sample.patientIds.map((_, i) => i);
  const leaky = sample.columns.flatMap(({ feature }, j) => (feature.endsWith('_ordered') ? [] : [j]));
  const hasLeaks = leaky.some((j) => !honest.includes(j));
  const byDefault = defaultLearner(honest.map((j) => sample.columns[j] as Sample['columns'][number]));
  const fused = byDefault === 'late-fusion';
  const settings = settingsOf(task, options, byDefault);
  const usual = { ...settingsOf(task, { ...options, recipe: 'default' }, byDefault), learner: 'ridge' } as const;
  const published = settings.learner.startsWith('reference');
  const model = (name: string, columns: readonly number[], own: LearnerSettings | null): PlannedModel => ({
    name,
    rows: everyone,
    columns,
    settings: own,
  });
  const main = model(options.recipe ?? 'default', published && hasLeaks ? leaky : honest, settings);
  const stage = honest.filter((j) => stageColumn.test(sample.columns[j]?.feature ?? ''));
  const elasticNet = task.kind === 'survival' ? 'coxElasticNet' : 'elasticNet';
  const baselines = [
    model('majority', [], null),
    ...(task.kind === 'status' ? [] : [model('kaplanMeier', [], null)]),
    ...(stage.length > 0 ? [model('stageOnly', stage, usual)] : []),
    model(elasticNet, honest, { ...usual, learner: 'elastic-net' }),
    ...(fused ? [model('earlyFusion', honest, usual)] : []),
    ...(main.name === 'default'
      ? []
      : [model('default', honest, settingsOf(task, { ...options, recipe: 'default' }, byDefault))]),
    model('reference', honest, { ...usual, learner: 'reference' }),
    ...(hasLeaks ? [model('referenceLeaky', leaky, { ...usual, learner: 'reference' })] : []),
    ...(hasLeaks ? [model('referenceLeakyWithoutPca', leaky, { ...usual, learner: 'reference-without-pca' })] : []),
  ];
  return { main, baselines, subsets: subsetsOf(sample, main) };
}

function settingsOf(task: Task, options: AssessOptions, byDefault: LearnerName): LearnerSettings {
  const { recipe = 'default', pca = { kind: 'none' }, objective, aftDistribution, search, trials } = options;
  return {
    learner: recipe === 'default' ? byDefault : recipe,
    task,
    columns: defaultColumns,
    pca,
    ...(objective !== undefined && { objective }),
    ...(aftDistribution !== undefined && { aftDistribution }),
    ...(search !== undefined && { search }),
    ...(trials !== undefined && { trials }),
  };
}

/** Every subset of the modalities with the patients who have a record in one of them. */
function subsetsOf({ modalities, columns, present }: Sample, main: PlannedModel): readonly PlannedModel[] {
  const groups = modalities.length;
  const masks = Array.from({ length: 2 ** groups - 1 }, (_, k) => k + 1);
  return masks.map((mask) => {
    const chosen = modalities.filter((_, g) => (mask >> g) & 1);
    const has = (i: number) => chosen.some((name) => present[i * groups + modalities.indexOf(name)] === 1);
    return {
      name: chosen.join('-'),
      rows: main.rows.filter(has),
      columns: main.columns.filter((j) => chosen.includes(columns[j]?.group ?? '')),
      settings:
        chosen.length === 1 && main.settings?.learner === 'late-fusion'
          ? { ...main.settings, learner: 'ridge' }
          : main.settings,
    };
  });
}
