import { describe, expect, test } from 'vitest';
import { referenceCases, worstDifference } from '../test/reference.js';
import {
  accuracy,
  censoringCurve,
  f1Weighted,
  horizonWeights,
  prAuc,
  precision,
  recall,
  rocAuc,
  weightedBrier,
  weightedDecisions,
  weightedLogLoss,
  weightedPrAuc,
  weightedRocAuc,
} from './index.js';

interface Case {
  readonly name: string;
  readonly time: readonly number[];
  readonly event: readonly boolean[];
  readonly probability: readonly number[];
  readonly horizon: number;
  readonly weight: readonly number[];
  readonly rocAuc: number;
  readonly dynamicAuc: number;
  readonly prAuc: number;
  readonly brier: number;
  readonly logLoss: number;
  readonly accuracy: number;
  readonly f1Weighted: number;
  readonly precision: number;
  readonly recall: number;
}

describe.each(referenceCases<readonly Case[]>('horizon.json'))('$name', (given) => {
  const timeDays = Float64Array.from(given.time);
  const probability = Float64Array.from(given.probability);
  const weight = horizonWeights(censoringCurve(timeDays, given.event), timeDays, given.event, given.horizon);
  const died = given.event.map((dead, i) => dead && (given.time[i] as number) <= given.horizon);

  test('weights and scores equal scikit-survival and scikit-learn', () => {
    expect(worstDifference(weight, given.weight)).toBeLessThan(1e-12);
    const states = { died, weight };
    const matrix = weightedDecisions(states, probability, 0.5);
    const found = {
      rocAuc: weightedRocAuc(states, probability),
      dynamicAuc: weightedRocAuc(states, probability),
      prAuc: weightedPrAuc(states, probability),
      brier: weightedBrier(states, probability),
      logLoss: weightedLogLoss(states, probability),
      accuracy: accuracy(matrix),
      f1Weighted: f1Weighted(matrix),
      precision: precision(matrix),
      recall: recall(matrix),
    };
    for (const [name, value] of Object.entries(found)) {
      expect(Math.abs(value - (given[name as keyof typeof found] as number)), name).toBeLessThan(1e-9);
    }
  });

  test('with weights of 1 they are the plain scores', () => {
    const plain = { died, weight: new Float64Array(died.length).fill(1) };
    expect(weightedRocAuc(plain, probability)).toBeCloseTo(rocAuc(died, probability), 12);
    expect(weightedPrAuc(plain, probability)).toBeCloseTo(prAuc(died, probability), 12);
  });
});

test('a side without weight, another length and a score that is no number are refused', () => {
  const states = { died: [true, false], weight: Float64Array.of(1, 0) };
  expect(() => weightedRocAuc(states, Float64Array.of(0.1, 0.2))).toThrow(
    'A weighted AUC needs patients of both classes',
  );
  const alive = { died: [false, false], weight: Float64Array.of(1, 1) };
  expect(() => weightedPrAuc(alive, Float64Array.of(0.1, 0.2))).toThrow('needs patients of both classes');
  expect(() => weightedBrier(states, Float64Array.of(0.1))).toThrow('score has 1 values but 2 were expected');
  expect(() => weightedLogLoss(states, Float64Array.of(0.1, Number.NaN))).toThrow('Score 1 is NaN');
});
