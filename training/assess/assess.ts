import { setImmediate } from 'node:timers/promises';
import type { Dataset } from '../../featurestore/contract/index.js';
import type { Estimate } from '../bundle/index.js';
import { trainingError } from '../errors.js';
import {
  correctedResampledTest,
  harrellC,
  type PairedDifference,
  repeatedStratifiedFolds,
  rocAuc,
  type Split,
} from '../evaluate/index.js';
import { fitModel, predictProbabilities } from '../fit.js';
import { deathBy, fitLearner, followUpOf } from '../learners/index.js';
import type { Modality } from '../modalities.js';
import { breslowBaseline } from '../penalised/index.js';
import { recipes } from '../recipes.js';
import { keepColumns, keepPatients, type Sample, sampleOf, takeRows } from '../sample.js';
import { loadNativeLibrary, type NativeLibrary } from '../xgboost/index.js';
import { answerOf, type FoldAnswer } from './fold-answer.js';
import { assertNoLeak } from './guard.js';
import { type ScoredRepeat, scoreRepeats } from './score.js';
import type { AssessTask } from './task.js';

/** What is scored, on whom, how often. */
export interface AssessOptions {
  readonly task: 'status' | 'survival';
  readonly modalities: readonly Modality[];
  readonly repeats: number;
  readonly folds: number;
  readonly seed: number;
  /** Columns that the leakage alarm lets pass. */
  readonly allow?: readonly string[];
  /** Only patients whose id starts so. */
  readonly patients?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

type Metrics = Readonly<Record<string, Estimate>>;

/** The one JSON document of an evaluation. */
export interface AssessJson {
  readonly task: 'status' | 'survival';
  readonly dataset: {
    readonly patients: number;
    readonly events: number;
    readonly features: number;
    readonly digest: string;
  };
  readonly evaluation: string;
  readonly metrics: Metrics;
  readonly baselines: Readonly<Record<string, Metrics>>;
  readonly subsets: Readonly<
    Record<string, { readonly patients: number; readonly events: number; readonly metrics: Metrics }>
  >;
  /** Default less reference recipe (honest columns), fold by fold. */
  readonly comparison: Readonly<Record<'harrellC' | 'rocAuc', PairedDifference>>;
  readonly warnings: readonly string[];
}

type FoldModel = (sample: Sample, split: Split) => FoldAnswer;

/** Columns that say how far the tumour has spread, as numbers. */
const stageColumn = /^Pathological[TNM]stage_ordered$/;

/**
 * Scores the default model by repeated nested cross-validation beside its baselines, and on every subset of the modalities.
 * Everything is fitted inside the fold. The same dataset and options give the same numbers.
 * @throws TrainingError of the dataset and of the guard (TRAIN_LEAK_ALARM)
 */
export async function assess(dataset: Dataset, options: AssessOptions): Promise<AssessJson> {
  const { patients: prefix = '', task: kind, seed } = options;
  const all = keepPatients(
    sampleOf(dataset, options.modalities),
    (i) => !Number.isNaN(dataset.outcomes[i]?.timeDays),
    'the survival time is not known',
  );
  const sample = keepPatients(all, (i) => all.patientIds[i]?.startsWith(prefix) === true, `not of ${prefix}`);
  if (sample.matrix.n === 0) throw trainingError('TRAIN_NO_PATIENTS', options.modalities);
  assertNoLeak(sample, [...(options.allow ?? [])]);
  const task = taskOf(kind, sample);
  const library = loadNativeLibrary();
  const settings = { learner: 'ridge', task: { kind }, columns: 'all', pca: { kind: 'none' } } as const;
  const timesDays = task.kind === 'survival' ? task.timesDays : [];
  const penalised: FoldModel = (s, { train, test }) =>
    answerOf(fitLearner(s, train, settings, seed, library), s, test, timesDays, () => library);
  const baselines = baselinesOf(sample, task, seed, penalised, library);
  const subsets = subsetsOf(sample);
  const total = 1 + baselines.length + subsets.length;
  let done = 0;
  const run = async (model: FoldModel, of: Sample) => {
    const scored = await crossValidated(of, model, options);
    options.onProgress?.(++done, total);
    return scored;
  };
  const metricsOf = (of: Sample, scored: readonly ScoredRepeat[]) => scoreRepeats(of, scored, task, options);

  const main = await run(penalised, sample);
  const scoredBaselines: Record<string, readonly ScoredRepeat[]> = {};
  for (const [name, of, model] of baselines) scoredBaselines[name] = await run(model, of);
  const subsetResults: Record<string, AssessJson['subsets'][string]> = {};
  for (const [name, of] of subsets) {
    const scored = of === sample ? main : await run(penalised, of);
    subsetResults[name] = {
      patients: of.matrix.n,
      events: of.dead.filter(Boolean).length,
      metrics: metricsOf(of, scored),
    };
  }
  const reference = scoredBaselines.reference ?? [];
  return {
    task: kind,
    dataset: {
      patients: sample.matrix.n,
      events: sample.dead.filter(Boolean).length,
      features: sample.columns.length,
      digest: dataset.digest,
    },
    evaluation: `Nested cross-validation: ${options.folds} stratified folds, ${options.repeats} repeats, 5 inner folds for the penalty; every step fitted inside the fold. Intervals: 95 %, bootstrap of patients, widened for shared training patients. Seed ${seed}.`,
    metrics: metricsOf(sample, main),
    baselines: Object.fromEntries(baselines.map(([name, of]) => [name, metricsOf(of, scoredBaselines[name] ?? [])])),
    subsets: subsetResults,
    comparison: {
      harrellC: compared(sample, main, reference, options.folds, (t, e, r) => harrellC(t, e, r)),
      rocAuc: compared(sample, main, reference, options.folds, (_t, e, r) => rocAuc(e, r)),
    },
    warnings: warningsOf(sample),
  };
}

/** Survival is scored at ten times, from the 10 % to the 90 % quantile of the times of death. */
function taskOf(kind: 'status' | 'survival', { timeDays, dead }: Sample): AssessTask {
  if (kind === 'status') return { kind };
  const deaths = timeDays.filter((_, i) => dead[i]).sort();
  const at = (k: number) => deaths[Math.round((0.1 + 0.08 * k + 0.008 * k) * (deaths.length - 1))] as number;
  return { kind, timesDays: [...new Set(Array.from({ length: 10 }, (_, k) => at(k)))] };
}

async function crossValidated(
  sample: Sample,
  model: FoldModel,
  { folds, repeats, seed }: AssessOptions,
): Promise<readonly ScoredRepeat[]> {
  const scored: ScoredRepeat[] = [];
  for (const splits of repeatedStratifiedFolds(sample.dead, { folds, repeats, seed })) {
    const { n } = sample.matrix;
    const fold = new Int32Array(n);
    const risk = new Float64Array(n);
    let probability = new Float64Array(0);
    for (const [f, split] of splits.entries()) {
      const answer = model(sample, split);
      const width = answer.probability.length / split.test.length;
      if (probability.length === 0) probability = new Float64Array(n * width);
      for (const [k, i] of split.test.entries()) {
        fold[i] = f;
        risk[i] = answer.risk[k] as number;
        probability.set(answer.probability.subarray(k * width, (k + 1) * width), i * width);
      }
      await setImmediate();
    }
    scored.push({ fold, risk, probability });
  }
  return scored;
}

function baselinesOf(
  sample: Sample,
  task: AssessTask,
  seed: number,
  penalised: FoldModel,
  library: NativeLibrary,
): readonly (readonly [string, Sample, FoldModel])[] {
  const nobody: FoldModel = (s, { train, test }) => {
    const risk = new Float64Array(test.length);
    const rate = train.filter((i) => s.dead[i]).length / train.length;
    if (task.kind === 'status') return { risk, probability: risk.map(() => rate) };
    const { timeDays, event } = followUpOf(s, train);
    const baseline = breslowBaseline(timeDays, event, new Float64Array(train.length));
    return { risk, probability: deathBy(baseline, risk, task.timesDays) };
  };
  const reference: FoldModel = (s, { train, test }) => {
    const model = fitModel({ library, recipe: recipes.reference, seed }, s, train);
    const risk = Float64Array.from(predictProbabilities(library, model, takeRows(s.matrix, test)));
    const none = task.kind === 'status' ? risk : new Float64Array(test.length * task.timesDays.length).fill(Number.NaN);
    return { risk, probability: none };
  };
  const oneHot = withColumns(sample, ({ feature }) => !feature.endsWith('_ordered'));
  const stage = withColumns(sample, ({ feature }) => stageColumn.test(feature));
  return [
    [task.kind === 'status' ? 'majority' : 'kaplanMeier', sample, nobody],
    ...(stage.columns.length > 0 ? [['stageOnly', stage, penalised] as const] : []),
    ['reference', oneHot, reference],
  ];
}

function withColumns(sample: Sample, keep: (column: Sample['columns'][number]) => boolean): Sample {
  return keepColumns(
    sample,
    sample.columns.flatMap((column, j) => (keep(column) ? [j] : [])),
  );
}

/** Every subset of the modalities with the patients who have a record in one of them. */
function subsetsOf(sample: Sample): readonly (readonly [string, Sample])[] {
  const groups = sample.modalities.length;
  const masks = Array.from({ length: 2 ** groups - 1 }, (_, k) => k + 1);
  return masks.map((mask) => {
    const chosen = sample.modalities.filter((_, g) => (mask >> g) & 1);
    if (chosen.length === groups) return [chosen.join('-'), sample] as const;
    const has = (i: number) =>
      sample.modalities.some((_, g) => (mask >> g) & 1 && sample.present[i * groups + g] === 1);
    const rows = keepPatients(sample, has, 'no record in any of the modalities');
    return [chosen.join('-'), withColumns(rows, ({ group }) => chosen.includes(group))] as const;
  });
}

function compared(
  { timeDays, dead }: Sample,
  first: readonly ScoredRepeat[],
  second: readonly ScoredRepeat[],
  folds: number,
  score: (time: Float64Array, event: readonly boolean[], risk: Float64Array) => number,
): PairedDifference {
  const differences = first.flatMap((repeat, r) =>
    Array.from({ length: folds }, (_, f) => {
      const rows = [...repeat.fold.keys()].filter((i) => repeat.fold[i] === f);
      const event = rows.map((i) => dead[i] === true);
      const take = (values: Float64Array) => Float64Array.from(rows, (i) => values[i] as number);
      const time = take(timeDays);
      return score(time, event, take(repeat.risk)) - score(time, event, take(second[r]?.risk ?? repeat.risk));
    }),
  );
  return correctedResampledTest(differences, 1 / (folds - 1));
}

function warningsOf(sample: Sample): readonly string[] {
  const leaky = sample.columns.filter(({ role }) => role !== 'feature').map(({ feature }) => feature);
  const genes = sample.columns.filter(({ group }) => group === 'genomic').length;
  return [
    ...(leaky.length > 0
      ? [`Columns that are no features are inputs: ${leaky.join(', ')}. The scores say nothing about prediction.`]
      : []),
    ...(genes === 140
      ? [
          'The 140 genes of the public extract were selected with the recurrence label of the same patients: every score with them is optimistic.',
        ]
      : []),
  ];
}
