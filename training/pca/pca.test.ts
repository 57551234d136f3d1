import { describe, expect, test } from 'vitest';
import { fitSteps } from '../prepare/index.js';
import { referenceCases, worstDifference } from '../test/reference.js';
import { fitPca } from './index.js';

interface PcaCase {
  readonly name: string;
  readonly n: number;
  readonly p: number;
  readonly values: readonly number[];
  readonly rank: number;
  readonly scalerMean: readonly number[];
  readonly scalerScale: readonly number[];
  readonly explainedVariance: readonly number[];
  readonly explainedVarianceRatio: readonly number[];
  readonly components: readonly (readonly number[])[];
  readonly keptFor95: number;
}

describe.each(referenceCases<readonly PcaCase[]>('pca.json'))('scikit-learn: $name', (reference) => {
  const raw = { rows: Float64Array.from(reference.values), n: reference.n, p: reference.p };
  const names = Array.from({ length: reference.p }, (_, j) => `c${j}`);
  const { steps, output } = fitSteps([{ kind: 'scale' }], raw, names);
  const fit = fitPca(output, { varianceShare: 0.95 });
  const whole = fitPca(output, { components: reference.rank });

  test('mean and standard deviation agree within 1e-12', () => {
    const [scale] = steps;
    if (scale?.kind !== 'scale') throw new Error('no scale step');
    expect(worstDifference(scale.mean, reference.scalerMean)).toBeLessThan(1e-12);
    expect(worstDifference(scale.scale, reference.scalerScale)).toBeLessThan(1e-12);
  });

  test('variances, shares, rank and number kept agree within 1e-9', () => {
    expect(worstDifference(fit.explainedVariance, reference.explainedVariance)).toBeLessThan(1e-9);
    expect(worstDifference(fit.explainedVarianceRatio, reference.explainedVarianceRatio)).toBeLessThan(1e-9);
    expect(fit.rank).toBe(reference.rank);
    expect(fit.kept).toBe(reference.keptFor95);
  });

  test('every component, with its sign, agrees within 1e-9', () => {
    for (const [k, expected] of reference.components.entries()) {
      expect(worstDifference(whole.components[k] ?? [], expected)).toBeLessThan(1e-9);
    }
  });
});

describe('what is asked for', () => {
  const square = { rows: Float64Array.of(1, 2, 3, 5, 8, 13, 2, 1, 0), n: 3, p: 3 };

  test('a number of components is kept as it is', () => {
    expect(fitPca(square, { components: 1 }).kept).toBe(1);
  });

  test('the whole variance keeps every component of non-zero variance', () => {
    const fit = fitPca(square, { varianceShare: 1 });
    expect(fit.kept).toBe(2);
    expect(fit.explainedVarianceRatio).toHaveLength(3);
    expect(fit.explainedVarianceRatio[2]).toBe(0);
  });

  test.each([
    [{ components: 3 }, '3 components; expected a whole number from 1 to the rank 2'],
    [{ components: 0 }, '0 components'],
    [{ varianceShare: 95 }, 'a variance share of 95; expected a number above 0 and at most 1'],
    [{ varianceShare: Number.NaN }, 'a variance share of NaN'],
  ])('%j is refused', (size, message) => {
    expect(() => fitPca(square, size)).toThrow(message);
  });
});

describe('bad input', () => {
  test.each([
    [{ rows: Float64Array.of(1, 2), n: 1, p: 2 }, '1 rows x 2 columns; at least 2 x 1 is needed'],
    [{ rows: Float64Array.of(1, 2, Number.NaN, 4), n: 2, p: 2 }, 'row 2, column 1 is NaN'],
    [{ rows: Float64Array.of(1, 2, 1, 2), n: 2, p: 2 }, 'no column varies'],
    [{ rows: Float64Array.of(1, 2, 1), n: 2, p: 2 }, 'The matrix has 3 values but 4 were expected'],
  ])('%#', (matrix, message) => {
    expect(() => fitPca(matrix, { varianceShare: 0.9 })).toThrow(message);
  });
});
