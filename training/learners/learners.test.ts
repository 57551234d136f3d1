import { describe, expect, test } from 'vitest';
import { applySteps } from '../bundle/index.js';
import { harrellC, repeatedStratifiedFolds } from '../evaluate/index.js';
import { keepColumns, sampleOf } from '../sample.js';
import { worstDifference } from '../test/reference.js';
import { syntheticDataset } from '../test/synthetic-dataset.js';
import { loadNativeLibrary } from '../xgboost/index.js';
import { aftDistributions } from './boosted-learner.js';
import { fitLearner, type LearnerSettings, marginsOf, probabilitiesOf, risksOf } from './index.js';
import { chooseCandidate, simplestAsGood } from './inner-loop.js';
import { joinSteps } from './join-steps.js';
import type { Learner } from './learner.js';
import { chosenColumns, prepare } from './preparation.js';
import { learnerNames } from './table.js';

const modalities = ['genomic', 'clinical', 'imaging'] as const;
const withSignal = syntheticDataset({ patients: 90, seed: 1, signal: 0.9, columns: [6, 4, 5] });
const sample = sampleOf(withSignal, modalities);
const [[fold] = []] = repeatedStratifiedFolds(sample.dead, { folds: 5, repeats: 1, seed: 0 });
if (fold === undefined) throw new Error('no fold');
const library = loadNativeLibrary();
const tasks = [{ kind: 'status' }, { kind: 'survival' }, { kind: 'horizon', horizonDays: 1500 }] as const;
const preparation = { columns: 'all', impute: 'median', logExpression: true, dropConstant: true } as const;
const everywhere = tasks.flatMap((task) => learnerNames.map((learner) => ({ learner, task })));

describe.each(everywhere)('$learner, $task.kind', ({ learner, task }) => {
  const settings: LearnerSettings = { learner, task, columns: 'all', pca: { kind: 'none' }, trials: 3 };
  const published = learner.startsWith('reference');

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
    expect(model.output.kind).toBe(task.kind === 'survival' && !published ? 'hazard' : 'probability');
    const everyone = risksOf(
      model.output,
      marginsOf(model, sample.matrix, () => library),
    );
    const mean = (wanted: boolean) => {
      const own = fold.test.filter((i) => sample.dead[i] === wanted);
      return own.reduce((sum, i) => sum + (everyone[i] as number), 0) / own.length;
    };
    expect(mean(true)).toBeGreaterThan(mean(false) + (published ? 0.05 : 0.25));
    const probability = probabilitiesOf(everyone);
    expect(probability.every((x) => x > 0 && x < 1)).toBe(true);
  });
});

describe('survival:aft', () => {
  const settings = { learner: 'trees', task: { kind: 'survival' }, columns: 'all', pca: { kind: 'none' } } as const;

  test.each(aftDistributions)(
    '%s: a high margin is a long life, so the slope of the risk is below 0',
    (aftDistribution) => {
      const aft = { ...settings, objective: 'survival:aft', aftDistribution, trials: 2 } as const;
      const model = fitLearner(sample, fold.train, aft, 0, library);
      expect(model.output.slope).toBeLessThan(0);
      expect(model.chosen).toMatchObject({ objective: 'survival:aft', aftLossDistribution: aftDistribution });
      const margins = marginsOf(model, sample.matrix, () => library);
      const days = fold.train.map((i) => sample.timeDays[i] as number);
      expect(Math.exp(Math.min(...margins))).toBeGreaterThan(Math.min(...days));
      expect(Math.exp(Math.max(...margins))).toBeLessThan(20 * Math.max(...days));
      const risk = risksOf(model.output, margins);
      const own = (values: Float64Array) => Float64Array.from(fold.test, (i) => values[i] as number);
      const dead = fold.test.map((i) => sample.dead[i] === true);
      expect(harrellC(own(sample.timeDays), dead, own(risk))).toBeGreaterThan(0.6);
    },
  );

  test('an objective that does not fit the task is refused', () => {
    const status = { ...settings, task: { kind: 'status' }, objective: 'survival:aft' } as const;
    expect(() => fitLearner(sample, fold.train, status, 0, library)).toThrow(
      'The training option "objective" is survival:aft; expected one for status: binary:logistic or reg:logistic',
    );
  });
});

test('halving gives up half of the trials after each inner fold and ends with one that was tried on all', () => {
  const asked: number[] = [];
  const learner: Learner<number> = {
    preparation: { columns: 'all', pca: { kind: 'none' }, impute: 'median', logExpression: true, dropConstant: true },
    candidates: [0, 1, 2, 3, 4, 5, 6, 7],
    choice: 'best',
    trialOf: (candidate) => candidate,
    halving: true,
    higherIsWorse: true,
    margins: (_training, candidates, inputs) => {
      asked.push(candidates.length);
      // Candidate 5 is the answer, the others are more and more noise.
      return candidates.map((c) => {
        return Float64Array.from(
          { length: inputs.n },
          (_, i) => (inputs.rows[i * inputs.p] as number) * (c === 5 ? 1 : -1),
        );
      });
    },
    refit: () => ({ kind: 'linear', coefficients: [], intercept: 0 }),
    describe: (candidate) => ({ candidate }),
  };
  const everyone = sample.patientIds.map((_, i) => i);
  const context = { task: { kind: 'survival' }, seed: 0, library: () => library } as const;
  expect(chooseCandidate(sample, everyone, learner, context).candidate).toBe(5);
  expect(asked).toEqual([8, 4, 2, 2, 2]);
});

describe('late fusion', () => {
  const settings = {
    learner: 'late-fusion',
    task: { kind: 'survival' },
    columns: 'all',
    pca: { kind: 'none' },
  } as const;

  test('is one linear model: the weighted models of the modalities side by side', () => {
    const model = fitLearner(sample, fold.train, settings, 0, library);
    const apart = modalities.map((name) => {
      const at = sample.columns.flatMap(({ group }, j) => (group === name ? [j] : []));
      const g = modalities.indexOf(name);
      const own = fold.train.filter((i) => sample.present[i * 3 + g] === 1);
      return { name, at, own };
    });
    expect(apart.map(({ own }) => own.length)).toEqual([72, 72, expect.any(Number)]);
    expect(apart[2]?.own.length).toBeLessThan(72);
    const names = Object.keys(model.chosen);
    expect(names).toEqual(modalities.flatMap((name) => [`${name} weight`, `${name} lambda`]));
    expect(names.every((name) => Number(model.chosen[name]) >= 0)).toBe(true);
    expect(model.model.kind === 'linear' && model.model.coefficients.length).toBe(sample.columns.length);
  });

  test('joined steps do what the steps do apart, a PCA included', () => {
    const at = [
      [7, 8, 9, 10],
      [0, 1, 2],
    ];
    const members = at.map((own, m) => {
      const pca = { kind: 'joint', size: { components: 2 } } as const;
      const part = keepColumns(sample, own);
      const { steps } = prepare(part, fold.train, { ...preparation, logExpression: m === 1, pca });
      return { at: own, steps, part };
    });
    const { rows, n, p } = sample.matrix;
    const joined = applySteps(joinSteps(members, p), rows, n, p);
    const apart = members.map(({ steps, part }) => applySteps(steps, part.matrix.rows, n, part.matrix.p));
    expect(joined.p).toBe(4);
    for (let i = 0; i < n; i++) {
      const expected = apart.flatMap((own) => [...own.rows.subarray(i * own.p, (i + 1) * own.p)]);
      expect(worstDifference(joined.rows.subarray(i * 4, i * 4 + 4), expected)).toBeLessThan(1e-12);
    }
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
