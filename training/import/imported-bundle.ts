import { packageVersion } from '../../package-facts.js';
import { sealBundle } from '../bundle/folder.js';
import type { Answer, ModelBundle, ModelColumn, ModelTask } from '../bundle/index.js';
import { trainingError } from '../errors.js';
import { modalityNames } from '../modalities.js';

/** What a person knows of a model that was made elsewhere. */
export interface ImportOptions {
  /** Of the file, for messages. */
  readonly name: string;
  /** Names of the inputs, in order: `age`, or with a group of the store before it, `clinical.age`. Those in the model when left out, or `f0` … */
  readonly columns?: readonly string[];
  /** Refused when the objective of the model says otherwise. */
  readonly task?: 'status' | 'survival';
}

/** Group of columns that are named without one. */
const importedGroup = 'imported';

interface Learner {
  readonly feature_names?: readonly string[];
  readonly learner_model_param?: {
    readonly num_feature?: string;
    readonly num_class?: string;
    readonly num_target?: string;
  };
  readonly objective?: {
    readonly name?: string;
    readonly aft_loss_param?: {
      readonly aft_loss_distribution?: string;
      readonly aft_loss_distribution_scale?: string;
    };
  };
}

/**
 * Makes a bundle of an XGBoost model that was trained elsewhere: no steps, recipe `imported`, no metrics; what training saw is not
 * known, so no value is called out of range.
 * @param booster XGBoost's JSON, parsed
 * @throws TrainingError TRAIN_IMPORT naming what does not fit (objective, task, number or names of columns)
 */
export function importedBundle(booster: unknown, options: ImportOptions): ModelBundle {
  const { learner = {}, version = [] } = booster as {
    readonly learner?: Learner;
    readonly version?: readonly number[];
  };
  const { task, answer } = meaningOf(learner, options);
  const columns = columnsOf(learner, options);
  return sealBundle({
    task,
    recipe: 'imported',
    columns,
    ranges: columns.map(() => [-Number.MAX_VALUE, Number.MAX_VALUE] as const),
    members: [
      {
        name: 'imported',
        weight: 1,
        steps: [],
        inputs: columns.map(({ feature }) => feature),
        model: { kind: 'booster', json: booster },
      },
    ],
    answer,
    threshold: task.kind === 'status' ? 0.5 : null,
    riskGroups: null,
    chosen: {},
    trainedOn: { datasetDigest: 'unknown', patients: 0, events: 0, modalities: groupsOf(columns), seed: 0 },
    metrics: {},
    baseline: {},
    warnings: [
      'This model was trained elsewhere: its patients, its metrics and the roles of its columns are not known here, and no value is checked against what it was trained on.',
    ],
    lineage: { groups: [], thoracleVersion: packageVersion(), xgboostVersion: version.join('.') },
  });
}

/** What the margin of the objective means. */
function meaningOf(
  learner: Learner,
  { name, task }: ImportOptions,
): { readonly task: ModelTask; readonly answer: Answer } {
  const objective = learner.objective?.name ?? 'missing';
  const { num_class: classes = '0', num_target: targets = '1' } = learner.learner_model_param ?? {};
  if (Number(classes) > 1 || Number(targets) > 1) {
    throw trainingError(
      'TRAIN_IMPORT',
      name,
      `it has ${Math.max(Number(classes), Number(targets))} outputs; one is expected`,
    );
  }
  const meaning = meanings[objective]?.(learner);
  if (meaning === undefined) {
    const known = Object.keys(meanings).join(', ');
    throw trainingError('TRAIN_IMPORT', name, `its objective is ${objective}; expected one of ${known}`);
  }
  if (task !== undefined && task !== meaning.task.kind) {
    throw trainingError(
      'TRAIN_IMPORT',
      name,
      `its objective ${objective} is of the task ${meaning.task.kind}, not ${task}`,
    );
  }
  return meaning;
}

const probability = () =>
  ({ task: { kind: 'status' }, answer: { kind: 'probability', slope: 1, intercept: 0 } }) as const;
const meanings: Readonly<
  Record<string, (learner: Learner) => { readonly task: ModelTask; readonly answer: Answer } | undefined>
> = {
  'binary:logistic': probability,
  'binary:logitraw': probability,
  'reg:logistic': probability,
  'survival:cox': () => ({
    task: { kind: 'survival' },
    answer: { kind: 'hazard', slope: 1, intercept: 0, baseline: { timeDays: [], cumulative: [] } },
  }),
  'survival:aft': ({ objective }) => {
    const { aft_loss_distribution: distribution, aft_loss_distribution_scale: scale } = objective?.aft_loss_param ?? {};
    if (distribution !== 'normal' && distribution !== 'logistic' && distribution !== 'extreme') return undefined;
    const answer = { kind: 'log-time', slope: -1, intercept: 0, distribution, scale: Number(scale) } as const;
    return { task: { kind: 'survival' }, answer };
  },
};

function columnsOf(learner: Learner, { name, columns: given }: ImportOptions): readonly ModelColumn[] {
  const count = Number(learner.learner_model_param?.num_feature ?? 0);
  const own = learner.feature_names ?? [];
  if (!(count >= 1)) throw trainingError('TRAIN_IMPORT', name, 'it does not say how many inputs it has');
  const names = given ?? (own.length > 0 ? own : Array.from({ length: count }, (_, j) => `f${j}`));
  if (names.length !== count)
    throw trainingError('TRAIN_IMPORT', name, `it has ${count} inputs, but ${names.length} columns are named`);
  const columns = names.map(columnOf);
  const seen = new Set<string>();
  for (const { group, feature } of columns) {
    const whole = `${group}.${feature}`;
    if (feature === '') throw trainingError('TRAIN_IMPORT', name, 'a column has no name');
    if (seen.has(whole)) throw trainingError('TRAIN_IMPORT', name, `two columns are named "${feature}"`);
    seen.add(whole);
  }
  return columns;
}

function columnOf(name: string): ModelColumn {
  const dot = name.indexOf('.');
  const group = modalityNames.find((modality) => modality === name.slice(0, dot));
  const feature = group === undefined ? name : name.slice(dot + 1);
  return { group: group ?? importedGroup, version: 1, feature, role: 'feature', unit: 'unknown' };
}

function groupsOf(columns: readonly ModelColumn[]): readonly string[] {
  return [...new Set(columns.map(({ group }) => group))];
}
