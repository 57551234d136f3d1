import { describe, expect, test } from 'vitest';
import { attributeSteps, type Step } from '../bundle/index.js';
import { fitModel } from '../fit.js';
import { recipes } from '../recipes.js';
import { sampleOf } from '../sample.js';
import { syntheticDataset } from '../test/synthetic-dataset.js';
import { Booster, DMatrix, loadNativeLibrary } from '../xgboost/index.js';
import { contributionsByGroup, explainBooster } from './index.js';

const library = loadNativeLibrary();
const sample = sampleOf(syntheticDataset({ patients: 80, seed: 4, signal: 2 }), ['genomic', 'clinical', 'imaging']);
const everyone = sample.patientIds.map((_, i) => i);

describe.each(['components', 'reference'] as const)('%s recipe', (name) => {
  const model = fitModel({ library, recipe: recipes[name], seed: 0 }, sample, everyone);
  const explained = explainBooster(library, model.booster, model.fitted.steps, sample.matrix);

  test('the contributions of the raw columns add up to the margin that XGBoost gives', () => {
    using booster = Booster.load(library, model.booster);
    const { output } = model.fitted;
    using matrix = new DMatrix(library, { values: Float32Array.from(output.rows), n: output.n, p: output.p });
    const margin = booster.predict(matrix, 'margin');
    for (const [i, value] of margin.entries()) expect(explained.margin[i]).toBeCloseTo(value, 4);
    expect(new Set(margin).size).toBeGreaterThan(10);
  });

  test('those of the modalities too, and dropped columns add nothing', () => {
    const groups = contributionsByGroup(
      explained.contributions,
      sample.columns.map((column) => column.group),
    );
    expect([...groups.keys()]).toEqual(['genomic', 'clinical', 'imaging']);
    for (const i of everyone) {
      const sum = [...groups.values()].reduce((total, values) => total + (values[i] as number), explained.expected);
      expect(sum).toBeCloseTo(explained.margin[i] as number, 10);
    }
    const p = sample.columns.length;
    for (const j of model.fitted.unusableColumns) {
      for (const i of everyone) expect(explained.contributions[i * p + j]).toBe(0);
    }
  });

  test('columns that carry the factor weigh more than noise', () => {
    const p = sample.columns.length;
    const weight = sample.columns.map((_, j) =>
      everyone.reduce((s, i) => s + Math.abs(explained.contributions[i * p + j] ?? 0), 0),
    );
    const mean = (odd: number) => {
      const own = weight.filter((_, j) => Number(sample.columns[j]?.feature.split('_')[1]) % 2 === odd);
      return own.reduce((a, b) => a + b, 0) / own.length;
    };
    expect(mean(0)).toBeGreaterThan(1.5 * mean(1));
  });
});

describe('through the steps', () => {
  const half = Math.SQRT1_2;
  const turn: Step = {
    kind: 'pca',
    inputs: 2,
    components: [
      [half, half],
      [half, -half],
    ],
    explainedVarianceRatio: [0.6, 0.4],
  };

  test('a component whose terms agree is shared by the terms, one whose terms cancel out by the loadings', () => {
    const agreeing = attributeSteps([turn], Float64Array.of(3, 1), 1, 2, Float64Array.of(1, 0));
    expect(agreeing[0]).toBeCloseTo((0.75 + 0.01 * 0.5) / 1.01, 12);
    expect((agreeing[0] ?? 0) + (agreeing[1] ?? 0)).toBeCloseTo(1, 12);
    const cancelling = attributeSteps([turn], Float64Array.of(2, 2), 1, 2, Float64Array.of(0, 1));
    expect([...cancelling].map((x) => Math.round(x * 1e9) / 1e9)).toEqual([0.5, 0.5]);
    const nothing = attributeSteps([turn], Float64Array.of(0, 0), 1, 2, Float64Array.of(0.4, 0.2));
    expect(nothing[0]).toBeCloseTo(0.3, 12);
  });

  test('no share grows beyond five times what is shared', () => {
    for (let k = 0; k < 200; k++) {
      const rows = Float64Array.of(5, -5 + k * 0.01);
      const shares = attributeSteps([turn], rows, 1, 2, Float64Array.of(1, 0));
      expect(Math.max(...shares.map(Math.abs))).toBeLessThanOrEqual(5);
      expect((shares[0] ?? 0) + (shares[1] ?? 0)).toBeCloseTo(1, 10);
    }
  });

  test('columns that were selected get theirs in their place; a wrong number of contributions is refused', () => {
    const select: Step = { kind: 'select', at: [2, 0] };
    const rows = Float64Array.of(1, 2, Number.NaN, 4, 5, 6);
    const impute: Step = { kind: 'impute', values: [0, 0, 9] };
    expect([...attributeSteps([impute, select], rows, 2, 3, Float64Array.of(1, 2, 3, 4))]).toEqual([2, 0, 1, 4, 0, 3]);
    expect(() => attributeSteps([select], rows, 2, 3, Float64Array.of(1))).toThrow(
      'The contributions has 1 values but 4 were expected',
    );
  });
});
