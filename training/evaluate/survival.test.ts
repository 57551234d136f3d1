import { describe, expect, test } from 'vitest';
import { referenceCases, worstDifference } from '../test/reference.js';
import { harrellC } from './concordance.js';
import { kaplanMeier, logRank } from './kaplan-meier.js';

interface SurvivalCase {
  readonly name: string;
  readonly timeDays: readonly number[];
  readonly event: readonly boolean[];
  readonly risk: readonly number[];
  readonly group: readonly boolean[];
  readonly harrellC: number;
  readonly kmTime: readonly number[];
  readonly kmSurvival: readonly number[];
  readonly logRankChiSquare: number;
  readonly logRankP: number;
}

describe.each(referenceCases<readonly SurvivalCase[]>('survival.json'))(
  'scikit-survival and lifelines: $name',
  (reference) => {
    const time = Float64Array.from(reference.timeDays);
    test('concordance', () => {
      expect(
        Math.abs(harrellC(time, reference.event, Float64Array.from(reference.risk)) - reference.harrellC),
      ).toBeLessThan(1e-12);
    });
    test('Kaplan-Meier', () => {
      const curve = kaplanMeier(time, reference.event);
      expect(curve.timeDays).toEqual(reference.kmTime);
      expect(worstDifference(curve.survival, reference.kmSurvival)).toBeLessThan(1e-12);
      expect(curve.atRisk[0]).toBe(time.length);
      expect(curve.events.reduce((sum, deaths) => sum + deaths, 0)).toBe(reference.event.filter(Boolean).length);
    });
    test('log-rank', () => {
      const found = logRank(time, reference.event, reference.group);
      expect(Math.abs(found.chiSquare / reference.logRankChiSquare - 1)).toBeLessThan(1e-9);
      expect(Math.abs(found.pValue / reference.logRankP - 1)).toBeLessThan(1e-9);
    });
  },
);

describe('bad input', () => {
  const one = Float64Array.of(1);
  test.each([
    [() => harrellC(Float64Array.of(1, 2), [false, true], Float64Array.of(0, 1)), 'none of the pairs among 2 patients'],
    [() => harrellC(Float64Array.of(Number.NaN), [true], one), 'Survival time 0 is NaN'],
    [() => harrellC(Float64Array.of(-1), [true], one), 'Survival time 0 is -1'],
    [() => harrellC(one, [], one), 'event has 0 values but 1 were expected'],
    [() => kaplanMeier(Float64Array.of(Number.NaN), [true]), 'Survival time 0 is NaN'],
    [() => kaplanMeier(one, []), 'event has 0 values but 1 were expected'],
    [() => logRank(one, [true], [true]), 'all 1 patients are in one group'],
    [() => logRank(Float64Array.of(1, 2), [false, false], [true, false]), 'no death while both groups were at risk'],
  ])('%#', (call, message) => {
    expect(call).toThrow(message);
  });
});
