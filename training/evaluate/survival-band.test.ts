import { describe, expect, test } from 'vitest';
import { referenceCases, worstDifference } from '../test/reference.js';
import { censoringCurve } from './censoring.js';
import { kaplanMeier } from './kaplan-meier.js';
import { medianTime, survivalBand } from './survival-band.js';

interface BandCase {
  readonly name: string;
  readonly timeDays: readonly number[];
  readonly event: readonly boolean[];
  readonly x: readonly number[];
  readonly survival: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly median: number | null;
  readonly medianLow: number | null;
  readonly medianHigh: number | null;
  readonly medianFollowUp: number | null;
}

describe.each(referenceCases<readonly BandCase[]>('survival-band.json'))(
  'scikit-survival and lifelines: $name',
  (reference) => {
    const time = Float64Array.from(reference.timeDays);
    const curve = kaplanMeier(time, reference.event);
    const band = survivalBand(curve);

    test('band', () => {
      expect(curve.timeDays).toEqual(reference.x);
      expect(worstDifference(band.low, reference.low)).toBeLessThan(1e-12);
      expect(worstDifference(band.high, reference.high)).toBeLessThan(1e-12);
    });

    test('median and its interval', () => {
      expect(medianTime(curve.timeDays, curve.survival)).toBe(reference.median);
      expect(medianTime(curve.timeDays, band.low)).toBe(reference.medianLow);
      expect(medianTime(curve.timeDays, band.high)).toBe(reference.medianHigh);
    });

    test('median follow-up', () => {
      const { timeDays, uncensored } = censoringCurve(time, reference.event);
      expect(medianTime(timeDays, uncensored)).toBe(reference.medianFollowUp);
    });
  },
);

test('nobody dies: the band is the curve, there is no median', () => {
  const curve = kaplanMeier(Float64Array.of(1, 2), [false, false]);
  expect(survivalBand(curve)).toEqual({ low: [1, 1], high: [1, 1] });
  expect(medianTime(curve.timeDays, curve.survival)).toBeNull();
});
