import { describe, expect, test } from 'vitest';
import { referenceCases, worstDifference } from '../test/reference.js';
import { accuracy, brierScore, confusionMatrix, f1Weighted, prAuc, precision, recall } from './classification.js';
import { crossValidationWidening, estimateMetrics, majorityBaseline, metrics } from './metrics.js';
import { rocAuc, rocCurve } from './roc.js';

interface MetricCase {
  readonly name: string;
  readonly label: readonly boolean[];
  readonly score: readonly number[];
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
  readonly threshold: readonly number[];
  readonly [metric: string]: unknown;
}

describe.each(referenceCases<readonly MetricCase[]>('metrics.json'))('scikit-learn: $name', (reference) => {
  const { label } = reference;
  const score = Float64Array.from(reference.score);
  const decided = confusionMatrix(label, score, 0.5);
  test.each([
    ['rocAuc', rocAuc(label, score)],
    ['prAuc', prAuc(label, score)],
    ['brier', brierScore(label, score)],
    ['accuracy', accuracy(decided)],
    ['f1Weighted', f1Weighted(decided)],
    ['precision', precision(decided)],
    ['recall', recall(decided)],
  ])('%s agrees within 1e-12', (name, found) => {
    expect(Math.abs(found - Number(reference[name]))).toBeLessThan(1e-12);
  });

  test('confusion matrix and ROC curve agree', () => {
    expect(reference).toMatchObject(decided);
    const curve = rocCurve(label, score);
    expect(worstDifference(curve.falsePositiveRate, reference.falsePositiveRate)).toBeLessThan(1e-12);
    expect(worstDifference(curve.truePositiveRate, reference.truePositiveRate)).toBeLessThan(1e-12);
    expect(curve.threshold.slice(1)).toEqual(reference.threshold);
    expect(curve.threshold[0]).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('intervals', () => {
  const dead = Array.from({ length: 60 }, (_, i) => i % 3 === 0);
  const sample = {
    dead,
    probability: Float64Array.from(dead, (d, i) => (d ? 0.5 : 0.3) + ((i * 7) % 11) / 25),
    timeDays: Float64Array.from(dead, (d, i) => (i === 5 ? Number.NaN : (d ? 200 : 900) + i)),
  };
  const options = { threshold: 0.5, seed: 4, resamples: 400 };

  test('every metric lies inside its interval; the same seed gives the same numbers', () => {
    const estimates = estimateMetrics(sample, options);
    expect(Object.keys(estimates)).toEqual(Object.keys(metrics));
    for (const { value, low, high } of Object.values(estimates)) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    expect(estimateMetrics(sample, options)).toEqual(estimates);
    expect(estimateMetrics(sample, { ...options, seed: 5 })).not.toEqual(estimates);
  });

  test('the width is that of the normal approximation, p (1 - p) / n, for an accuracy', () => {
    const accurate = estimateMetrics(sample, { ...options, resamples: 2000 }).accuracy;
    if (accurate === undefined) throw new Error('no accuracy');
    const standardError = Math.sqrt((accurate.value * (1 - accurate.value)) / 60);
    const width = accurate.high - accurate.low;
    expect(Math.abs(width / (2 * 1.96 * standardError) - 1)).toBeLessThan(0.12);
  });

  test('a cross-validated interval is wider by the corrected variance, around the same value, and stays within [0, 1]', () => {
    // (1/5 + 1/4) / (1/5) = 2.25 for five folds.
    expect(crossValidationWidening(5)).toBeCloseTo(1.5, 12);
    const plain = estimateMetrics(sample, options);
    const wide = estimateMetrics(sample, { ...options, widening: 1.5 });
    for (const name of Object.keys(plain) as (keyof typeof plain)[]) {
      const [a, b] = [plain[name], wide[name]];
      if (a === undefined || b === undefined) throw new Error(name);
      expect(b.value).toBe(a.value);
      expect(b.low).toBeCloseTo(Math.max(0, a.value - 1.5 * (a.value - a.low)), 12);
      expect(b.high).toBeCloseTo(Math.min(1, a.value + 1.5 * (a.high - a.value)), 12);
    }
  });

  test('the majority baseline ranks nobody and calls everybody alive', () => {
    const baseline = estimateMetrics(majorityBaseline(sample, 1 / 3), options);
    expect(baseline.rocAuc).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
    expect(baseline.harrellC?.value).toBe(0.5);
    expect(baseline.accuracy?.value).toBeCloseTo(2 / 3, 12);
    expect(baseline.recall?.value).toBe(0);
    expect(baseline.brier?.value).toBeCloseTo(2 / 9, 12);
  });

  test('a metric that cannot be computed is left out, the others stay', () => {
    const unknown = { ...sample, timeDays: new Float64Array(60).fill(Number.NaN) };
    expect(Object.keys(estimateMetrics(unknown, options))).toEqual(
      Object.keys(metrics).filter((m) => m !== 'harrellC'),
    );
  });
});

describe('bad input', () => {
  const two = [true, false];
  test.each([
    [() => rocAuc([true, true], Float64Array.of(0, 1)), 'needs patients of both classes, but 2 of 2 died'],
    [() => rocCurve([false], Float64Array.of(0)), 'needs patients of both classes, but 0 of 1 died'],
    [() => rocAuc(two, Float64Array.of(0)), 'score has 1 values but 2 were expected'],
    [() => rocAuc(two, Float64Array.of(0, Number.NaN)), 'Score 1 is NaN'],
    [() => prAuc([false], Float64Array.of(1)), '0 of 1 died'],
    [() => brierScore(two, Float64Array.of(0, Number.NaN)), 'Score 1 is NaN'],
    [() => confusionMatrix(two, Float64Array.of(1), 0.5), 'probability has 1 values but 2 were expected'],
    [
      () =>
        estimateMetrics(
          { dead: [true], probability: Float64Array.of(1), timeDays: Float64Array.of(1) },
          { threshold: 0.5, seed: 0, resamples: 1 },
        ),
      'The evaluation needs patients of both classes',
    ],
  ])('%#', (call, message) => {
    expect(call).toThrow(message);
  });
});
