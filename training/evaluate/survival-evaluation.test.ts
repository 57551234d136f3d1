import { describe, expect, test } from 'vitest';
import { referenceCases, worstDifference } from '../test/reference.js';
import {
  calibrationCurve,
  calibrationOf,
  censoringCurve,
  chiSquareTail,
  correctedResampledTest,
  decisionCurve,
  delongTest,
  dynamicAuc,
  horizonWeights,
  integratedScore,
  logLoss,
  logRank,
  logRankOfGroups,
  studentQuantile,
  studentTwoSided,
  survivalBrier,
  uncensoredAt,
  unoC,
} from './index.js';

interface Difference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
}
interface Cases {
  readonly survival: readonly {
    readonly name: string;
    readonly time: readonly number[];
    readonly event: readonly boolean[];
    readonly risk: readonly number[];
    readonly times: readonly number[];
    readonly tau: number;
    readonly unoC: number | null;
    readonly unoCTau: number;
    readonly auc: readonly number[];
    readonly meanAuc: number;
    readonly survival: readonly number[];
    readonly brier: readonly number[];
    readonly integratedBrier: number;
    readonly groups: readonly number[];
    readonly logRank: number;
    readonly logRankP: number;
  }[];
  readonly calibration: readonly {
    readonly name: string;
    readonly label: readonly boolean[];
    readonly probability: readonly number[];
    readonly slope: number;
    readonly intercept: number;
    readonly ici: number;
    readonly observed: readonly number[];
    readonly logLoss: number;
    readonly thresholds: readonly number[];
    readonly netBenefit: readonly number[];
    readonly treatAll: readonly number[];
  }[];
  readonly delong: readonly (Difference & {
    readonly label: readonly boolean[];
    readonly first: readonly number[];
    readonly second: readonly number[];
  })[];
  readonly resampled: readonly (Difference & {
    readonly differences: readonly number[];
    readonly testShare: number;
  })[];
  readonly chiSquare: readonly (readonly [number, number, number])[];
  readonly student: readonly (readonly [number, number, number])[];
}
const cases = referenceCases<Cases>('evaluation.json');

describe.each(cases.survival)('survival, $name: equals scikit-survival and lifelines', (given) => {
  const followUp = { timeDays: Float64Array.from(given.time), event: given.event };
  const risk = Float64Array.from(given.risk);
  const censoring = censoringCurve(followUp.timeDays, given.event);

  test("Uno's C, with and without a last time", () => {
    if (given.unoC !== null) expect(unoC(followUp, risk, censoring)).toBeCloseTo(given.unoC, 9);
    expect(unoC(followUp, risk, censoring, given.tau)).toBeCloseTo(given.unoCTau, 9);
  });

  test('cumulative/dynamic AUC', () => {
    const { auc, mean } = dynamicAuc(followUp, risk, censoring, given.times);
    expect(worstDifference(auc, given.auc)).toBeLessThan(1e-9);
    expect(mean).toBeCloseTo(given.meanAuc, 9);
  });

  test('Brier score over time and its integral', () => {
    const brier = survivalBrier(followUp, Float64Array.from(given.survival), censoring, given.times);
    expect(worstDifference(brier, given.brier)).toBeLessThan(1e-9);
    expect(integratedScore(given.times, brier)).toBeCloseTo(given.integratedBrier, 9);
  });

  test('log-rank test of three groups; of two it is the two-sample test', () => {
    const found = logRankOfGroups(followUp.timeDays, given.event, given.groups, 3);
    expect(found.chiSquare).toBeCloseTo(given.logRank, 9);
    expect(found.pValue).toBeCloseTo(given.logRankP, 9);
    const second = given.groups.map((group) => group === 2);
    const two = logRankOfGroups(followUp.timeDays, given.event, second.map(Number), 2);
    expect(two.chiSquare).toBeCloseTo(logRank(followUp.timeDays, given.event, second).chiSquare, 9);
  });
});

describe.each(cases.calibration)('calibration, $name: equals scikit-learn, SciPy and NumPy', (given) => {
  const probability = Float64Array.from(given.probability);
  const outcomes = { dead: given.label, probability };

  test('slope, intercept, curve and index', () => {
    const found = calibrationOf(outcomes);
    expect(found?.slope).toBeCloseTo(given.slope, 9);
    expect(found?.intercept).toBeCloseTo(given.intercept, 9);
    const curve = calibrationCurve(outcomes);
    expect(worstDifference(curve.observed, given.observed)).toBeLessThan(1e-9);
    expect(curve.ici).toBeCloseTo(given.ici, 9);
  });

  test('log loss and net benefit', () => {
    expect(logLoss(given.label, probability)).toBeCloseTo(given.logLoss, 9);
    const curve = decisionCurve(given.label, probability, given.thresholds);
    expect(worstDifference(curve.model, given.netBenefit)).toBeLessThan(1e-9);
    expect(worstDifference(curve.treatAll, given.treatAll)).toBeLessThan(1e-9);
  });

  test('weights count patients', () => {
    const label = [...given.label, given.label[0] === true];
    const twice = Float64Array.from([...given.probability, given.probability[0] as number]);
    const weight = new Float64Array(probability.length).fill(1);
    weight[0] = 2;
    const weighted = calibrationOf({ ...outcomes, weight });
    const doubled = calibrationOf({ dead: label, probability: twice });
    expect(weighted?.slope).toBeCloseTo(doubled?.slope ?? Number.NaN, 9);
    expect(weighted?.intercept).toBeCloseTo(doubled?.intercept ?? Number.NaN, 9);
  });
});

describe('paired comparison', () => {
  const members = ['value', 'low', 'high', 'pValue'] as const;

  test.each(cases.delong)("DeLong's test", (given) => {
    const found = delongTest(given.label, Float64Array.from(given.first), Float64Array.from(given.second));
    for (const member of members) expect(found[member]).toBeCloseTo(given[member], 9);
  });

  test.each(cases.resampled)('corrected resampled t test', (given) => {
    const found = correctedResampledTest(given.differences, given.testShare);
    for (const member of members) expect(found[member]).toBeCloseTo(given[member], 9);
  });

  test('no difference at all, one class, one part', () => {
    expect(correctedResampledTest([0, 0, 0], 0.25)).toEqual({ value: 0, low: 0, high: 0, pValue: 1 });
    expect(() => correctedResampledTest([0.1], 0.25)).toThrow('has 1 values but 2 were expected');
    const same = Float64Array.of(1, 2, 3);
    expect(() => delongTest([true, false, false], same, same)).toThrow('needs patients of both classes');
  });
});

describe('distributions equal SciPy', () => {
  test('chi-squared and Student', () => {
    for (const [x, df, tail] of cases.chiSquare) expect(chiSquareTail(x, df) / tail).toBeCloseTo(1, 9);
    for (const [t, df, tail] of cases.student) {
      expect(studentTwoSided(t, df) / tail).toBeCloseTo(1, 9);
      if (tail < 0.9) expect(studentQuantile(tail / 2, df)).toBeCloseTo(t, 8);
    }
  });
});

describe('censoring', () => {
  test('by hand: a death and a censoring at one time, the death comes first', () => {
    const curve = censoringCurve(Float64Array.of(1, 2, 2, 3), [false, true, false, true]);
    expect([0.5, 1, 2, 9].map((t) => uncensoredAt(curve, t))).toEqual([1, 3 / 4, (3 / 4) * (1 / 2), 3 / 8]);
  });

  test('weights of a horizon: died by then, alive then, not known', () => {
    const time = Float64Array.of(1, 2, 2, 3);
    const event = [false, true, false, true];
    const weights = horizonWeights(censoringCurve(time, event), time, event, 2);
    expect([...weights]).toEqual([0, 8 / 3, 0, 8 / 3]);
  });

  test('bad input is refused', () => {
    const time = Float64Array.of(1, 2);
    const censoring = censoringCurve(time, [true, false]);
    expect(() => unoC({ timeDays: time, event: [false, false] }, time, censoring)).toThrow('none of the pairs');
    expect(() => unoC({ timeDays: time, event: [true, false] }, Float64Array.of(1, Number.NaN), censoring)).toThrow(
      'Score 1 is NaN',
    );
    expect(() => censoringCurve(Float64Array.of(-1, 2), [true, false])).toThrow('Survival time 0 is -1');
    expect(() => dynamicAuc({ timeDays: time, event: [true, false] }, time, censoring, [5])).toThrow(
      'needs patients of both classes',
    );
    expect(() => integratedScore([1], [2])).toThrow('has 1 values but 2 were expected');
    expect(() => logRankOfGroups(time, [true, false], [0, 0], 2)).toThrow('group 2 of 2 has no patient');
  });

  test('calibration that cannot be told is null', () => {
    expect(calibrationOf({ dead: [true, true], probability: Float64Array.of(0.2, 0.8) })).toBeNull();
    expect(calibrationOf({ dead: [true, false], probability: Float64Array.of(0.5, 0.5) })).toBeNull();
  });
});
