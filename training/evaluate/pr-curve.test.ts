import { describe, expect, test } from 'vitest';
import { referenceCases, worstDifference } from '../test/reference.js';
import { prAuc, prCurve } from './index.js';

interface PrCase {
  readonly name: string;
  readonly label: readonly boolean[];
  readonly score: readonly number[];
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly threshold: readonly number[];
}

describe.each(referenceCases<readonly PrCase[]>('pr-curve.json'))('scikit-learn: $name', (reference) => {
  const score = Float64Array.from(reference.score);
  const curve = prCurve(reference.label, score);

  test('every point agrees within 1e-12', () => {
    expect(curve.threshold).toEqual(reference.threshold);
    expect(worstDifference(curve.precision, reference.precision)).toBeLessThan(1e-12);
    expect(worstDifference(curve.recall, reference.recall)).toBeLessThan(1e-12);
  });

  test('its steps add up to the average precision', () => {
    const area = curve.precision.reduce(
      (sum, p, k) => sum + p * ((curve.recall[k] ?? 0) - (curve.recall[k - 1] ?? 0)),
      0,
    );
    expect(area).toBeCloseTo(prAuc(reference.label, score), 12);
  });
});

test('nobody positive, other lengths and scores that are no numbers are refused', () => {
  expect(() => prCurve([false, false], Float64Array.of(0.1, 0.2))).toThrow('0 of 2 died');
  expect(() => prCurve([true], Float64Array.of(0.1, 0.2))).toThrow('score has 2 values but 1');
  expect(() => prCurve([true, false], Float64Array.of(0.1, Number.NaN))).toThrow('Score 1 is NaN');
});
