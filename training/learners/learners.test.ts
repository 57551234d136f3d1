import { describe, expect, test } from 'vitest';
import { repeatedStratifiedFolds } from '../evaluate/index.js';
import { sampleOf } from '../sample.js';
import { syntheticDataset } from '../test/synthetic-dataset.js';
import { loadNativeLibrary } from '../xgboost/index.js';
import { fitLearner, type LearnerSettings, marginsOf, probabilitiesOf, risksOf } from './index.js';
import { simplestAsGood } from './inner-loop.js';
import { chosenColumns, prepare } from './preparation.js';
import { learnerNames } from './table.js';

const modalities = ['genomic', 'clinical', 'imaging'] as const;
const withSignal = syntheticDataset({ patients: 90, seed: 1, signal: 0.9, columns: [6, 4, 5] });
const sample = sampleOf(withSignal, modalities);
const [[fold] = []] = repeatedStratifiedFolds(sample.dead, { folds: 5, repeats: 1, seed: 0 });
if (fold === undefined) throw new Error('no fold');
const library = loadNativeLibrary();
const tasks = [{ kind: 'status' }, { kind: 'survival' }, { kind: 'horizon', horizonDays: 1500 }] as const;
const everywhere = tasks.flatMap((task) => learnerNames.map((learner) => ({ learner, task })));

describe.each(everywhere)('$learner, $task.kind', ({ learner, task }) => {
  const settings: LearnerSettings = { learner, task, columns: 'all', pca: { kind: 'none' } };

  test('fold isolation: other values and outcomes in the test fold leave the fitted model as it is', () => {
    const { p } = sample.matrix;
    const rows = sample.matrix.rows.slice();
    for (const i of fold.test) for (let j = 0; j < p; j++) rows[i * p + j] = 1e6 + i * j;
    const changed = {
      ...sample,
      matrix: { ...sample.matrix, rows },
      dead: sample.dead.map((d, i) => d !== fold.test.includes(i)),
      timeDays: sample.timeDays.map((t, i) => (fold.test.includes(i) ? 5000 - t : t)),
    };
    const before = fitLearner(sample, fold.train, settings, 0, library);
    expect(fitLearner(changed, fold.train, settings, 0, library)).toEqual(before);
  });

  test('the dead of the test fold have higher risks, and the scale says what a margin means', () => {
    const model = fitLearner(sample, fold.train, settings, 0, library);
    expect(model.output.kind).toBe(task.kind === 'survival' ? 'hazard' : 'probability');
    const everyone = risksOf(
      model.output,
      marginsOf(model, sample.matrix, () => library),
    );
    const mean = (wanted: boolean) => {
      const own = fold.test.filter((i) => sample.dead[i] === wanted);
      return own.reduce((sum, i) => sum + (everyone[i] as number), 0) / own.length;
    };
    expect(mean(true)).toBeGreaterThan(mean(false) + 0.3);
    const probability = probabilitiesOf(everyone);
    expect(probability.every((x) => x > 0 && x < 1)).toBe(true);
  });
});

test('the simplest candidate within one standard error of the best is chosen', () => {
  const worse = [-9, -9, -9];
  expect(simplestAsGood([worse, [-1.2, -1, -0.9], [-1, -1.1, -0.9]])).toBe(1);
  expect(simplestAsGood([worse, [-2, -2.1, -1.9], [-1, -1.1, -0.9]])).toBe(2);
});

test('columns: the number of a category with an order stands for its one-hot columns, or the other way round', () => {
  const columns = ['Stage_T1', 'Stage_T2', 'Stage_ordered', 'Stagecoach', 'Sex_male'].map((feature) => ({ feature }));
  expect(chosenColumns(columns, 'all')).toEqual([0, 1, 2, 3, 4]);
  expect(chosenColumns(columns, 'numbers')).toEqual([2, 3, 4]);
  expect(chosenColumns(columns, 'one-hot')).toEqual([0, 1, 3, 4]);
});

describe('principal components', () => {
  const preparation = { columns: 'all', impute: 'median', logExpression: true, dropConstant: true } as const;
  const fitted = (kind: 'joint' | 'per-modality', size: { components: number } | { varianceShare: number }) => {
    const { steps, inputs } = prepare(sample, fold.train, { ...preparation, pca: { kind, size } });
    const step = steps.at(-1);
    if (step?.kind !== 'pca') throw new Error('no PCA');
    return { step, inputs };
  };

  test('joint: as many as asked for, shares of the variance fall', () => {
    const { step, inputs } = fitted('joint', { components: 4 });
    expect(inputs.p).toBe(4);
    expect([...step.explainedVarianceRatio].sort((a, b) => b - a)).toEqual(step.explainedVarianceRatio);
  });

  test('per modality: each component has loadings on the columns of one modality, none of which is left out', () => {
    const { step } = fitted('per-modality', { components: 2 });
    const groups = step.components.map((loadings) => {
      return [...new Set(loadings.flatMap((x, j) => (x === 0 ? [] : [sample.columns[j]?.group])))];
    });
    expect(groups.every((own) => own.length === 1)).toBe(true);
    expect(groups.flat().sort()).toEqual(['clinical', 'clinical', 'genomic', 'genomic', 'imaging', 'imaging']);
  });

  test('all of the variance is all of the information: margins of a ridge are those without PCA', () => {
    const settings = { learner: 'ridge', task: { kind: 'survival' }, columns: 'all' } as const;
    const plain = fitLearner(sample, fold.train, { ...settings, pca: { kind: 'none' } }, 0, library);
    const size = { varianceShare: 1 };
    const turned = fitLearner(sample, fold.train, { ...settings, pca: { kind: 'joint', size } }, 0, library);
    const [a, b] = [plain, turned].map((model) => marginsOf(model, sample.matrix, () => library));
    expect(Math.max(...(a?.map((x, i) => Math.abs(x - (b?.[i] ?? 0))) ?? [1]))).toBeLessThan(0.01);
  });
});
